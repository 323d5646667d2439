#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "decode/decoder.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::language {
namespace {

TEST(Schema, TheFileIsWhatTheProgramPrints) {
  std::ifstream in(FIRSTLIGHT_SOURCE_DIR "/scenarios/scenario.schema.json", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), scenario_schema(judge::vocabulary())) << "run tools/regenerate";
}

/// The `default` values of the schema, as a scenario would write them.
Json defaults_of(const Json& schema) {
  Json out;
  if (!schema.contains("properties")) return out;
  for (const auto& [key, property] : schema["properties"].items()) {
    if (property.contains("default")) out[key] = property["default"];
    if (const auto inner = defaults_of(property); !inner.is_null()) out[key] = inner;
  }
  return out;
}

TEST(Schema, ItsDefaultsAreTheLoaders) {
  const auto schema = Json::parse(scenario_schema(judge::vocabulary()));
  Json smallest = {{"name", "n"},
                   {"summary", "s"},
                   {"timeout", "60s"},
                   {"cameras", {{"count", 1}}},
                   {"expect", Json::array({{{"online", {{"cameras", "all"}}}}})}};
  const auto implicit = load_scenario(smallest.dump(), "a", judge::vocabulary());
  const auto defaults = defaults_of(schema);
  EXPECT_GE(defaults.flatten().size(), 12U);
  smallest.merge_patch(defaults);
  const auto loaded = load_scenario(smallest.dump(), "b", judge::vocabulary());
  ASSERT_TRUE(implicit && loaded) << render(implicit.diagnostics) << render(loaded.diagnostics);
  const auto &a = *implicit.scenario, &b = *loaded.scenario;
  EXPECT_EQ(a.cameras.agent.index(), b.cameras.agent.index());
  EXPECT_EQ(a.cameras.arrive.index(), b.cameras.arrive.index());
  EXPECT_EQ(a.cameras.firmware.retry.base, b.cameras.firmware.retry.base);
  EXPECT_EQ(a.cameras.firmware.retry.cap, b.cameras.firmware.retry.cap);
  EXPECT_EQ(a.cameras.firmware.retry.jitter, b.cameras.firmware.retry.jitter);
  EXPECT_EQ(a.cameras.firmware.retry.give_up_after, b.cameras.firmware.retry.give_up_after);
  EXPECT_EQ(a.cameras.firmware.clock.sync, b.cameras.firmware.clock.sync);
  EXPECT_EQ(a.cameras.firmware.version, b.cameras.firmware.version);
  EXPECT_EQ(a.cameras.firmware.mqtt, b.cameras.firmware.mqtt);
  EXPECT_EQ(a.lab.token_lifetime, b.lab.token_lifetime);
  EXPECT_EQ(a.lab.certificate_lifetime, b.lab.certificate_lifetime);
  EXPECT_EQ(a.lab.certificate_key, b.lab.certificate_key);
  EXPECT_EQ(a.lab.refusal, b.lab.refusal);
  EXPECT_EQ(a.lab.strict_sims, b.lab.strict_sims);
  EXPECT_EQ(a.lab.clock_offset, b.lab.clock_offset);
}

}  // namespace
}  // namespace firstlight::language
