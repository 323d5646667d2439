#include "language/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/language/toy.hpp"

namespace firstlight::language {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kSmallest = R"(name: small
summary: Nothing but what is required.
timeout: 60s
cameras: {count: 3}
expect: [toy: {cameras: all}]
)";

Scenario keys(std::string_view text) {
  auto loaded = load_scenario(text, "test.yaml", toys());
  EXPECT_EQ(render(loaded.diagnostics), "");
  return loaded ? std::move(*loaded.scenario) : Scenario{};
}

/// The smallest scenario with one key of `cameras` or `lab` more.
Scenario with(const std::string& key, const std::string& value) {
  if (key == "cameras") {
    std::string text(kSmallest);
    return keys(text.replace(text.find("count: 3"), 8, "count: 3, " + value));
  }
  return keys(std::string(kSmallest) + key + ": " + value + "\n");
}

TEST(LoadScenario, TheSmallestHasTheDocumentedDefaults) {
  const auto s = keys(kSmallest);
  EXPECT_EQ(s.name, "small");
  EXPECT_EQ(s.summary, "Nothing but what is required.");
  EXPECT_EQ(s.timeout, 60s);
  EXPECT_FALSE(s.seed || s.run_for);
  EXPECT_TRUE(s.tags.empty());
  EXPECT_EQ(s.cameras.count, 3U);
  EXPECT_TRUE(std::holds_alternative<ArriveAtOnce>(s.cameras.arrive));
  EXPECT_EQ(s.cameras.firmware.retry.base, 500ms);
  EXPECT_EQ(s.cameras.firmware.retry.cap, 30s);
  EXPECT_EQ(s.cameras.firmware.retry.jitter, Jitter::full);
  EXPECT_EQ(s.cameras.firmware.retry.give_up_after, 20U);
  EXPECT_FALSE(s.cameras.firmware.clock.start);
  EXPECT_EQ(s.cameras.firmware.clock.sync, ClockSync::network_time);
  EXPECT_EQ(s.cameras.firmware.mqtt, MqttVersion::v3_1_1);
  EXPECT_EQ(s.lab.token_lifetime, 10min);
  EXPECT_EQ(s.lab.certificate_lifetime, std::chrono::days(365));
  EXPECT_EQ(s.lab.certificate_key, DeviceKeyKind::ec_p256);
  EXPECT_EQ(s.lab.refusal, Refusal::tls_alert);
  EXPECT_EQ(s.lab.config_template.json, "");
  EXPECT_FALSE(s.lab.strict_sims);
  EXPECT_EQ(s.lab.clock_offset, 0s);
  EXPECT_EQ(s.file, "test.yaml");
  EXPECT_EQ(s.source, kSmallest);
  EXPECT_EQ(s.name_at, (Position{1, 7}));
}

TEST(LoadScenario, EveryKeyArrivesWhereItBelongs) {
  const auto s = keys(R"(name: whole
summary: >
  Every key
  of the language.
tags: [smoke, a-2]
seed: 18446744073709551615
run_for: 45s
timeout: 1.5m
cameras:
  count: 50
  agent: simulated
  arrive: {ramp: {from: 0/s, to: 120/m, over: 20s}}
  firmware:
    retry: {base: 1ms, cap: 2s, jitter: none, give_up_after: 0}
    clock: {start: 1970-01-01T00:00:01Z, sync: none}
    version: "2.0"
    mqtt: 5
lab:
  token_lifetime: 90s
  certificate: {lifetime: 2h, key: rsa-2048}
  refusal: close-after-handshake
  config_template:
    mqtt_config: {keep_alive_seconds: 30, clean_session: true}
    telemetry: {labels: [a, "1", 1, 1.5, null, -2]}
  strict_sims: true
  clock: {offset: -2h}
expect:
  - toy: {within: 30s, cameras: 12.5%}
  - toy: {cameras: 7}
)");
  EXPECT_EQ(s.summary, "Every key of the language.");
  EXPECT_THAT(s.tags, ElementsAre("smoke", "a-2"));
  EXPECT_EQ(s.seed, 18446744073709551615U);
  EXPECT_EQ(s.run_for, Duration(45s));
  EXPECT_EQ(s.timeout, 90s);
  const auto& ramp = std::get<ArriveRamp>(s.cameras.arrive);
  EXPECT_EQ(ramp.from_per_second, 0);
  EXPECT_EQ(ramp.to_per_second, 2);
  EXPECT_EQ(ramp.over, 20s);
  EXPECT_EQ(s.cameras.firmware.retry.base, 1ms);
  EXPECT_EQ(s.cameras.firmware.retry.cap, 2s);
  EXPECT_EQ(s.cameras.firmware.retry.jitter, Jitter::none);
  EXPECT_EQ(s.cameras.firmware.retry.give_up_after, 0U);
  EXPECT_EQ(s.cameras.firmware.clock.start, WallTime(1s));
  EXPECT_EQ(s.cameras.firmware.clock.sync, ClockSync::none);
  EXPECT_EQ(s.cameras.firmware.version, "2.0");
  EXPECT_EQ(s.cameras.firmware.mqtt, MqttVersion::v5);
  EXPECT_EQ(s.lab.token_lifetime, 90s);
  EXPECT_EQ(s.lab.certificate_lifetime, 2h);
  EXPECT_EQ(s.lab.certificate_key, DeviceKeyKind::rsa_2048);
  EXPECT_EQ(s.lab.refusal, Refusal::close_after_handshake);
  EXPECT_EQ(s.lab.config_template.json, R"({"mqtt_config":{"keep_alive_seconds":30,"clean_session":true},)"
                                        R"("telemetry":{"labels":["a","1",1,1.5,null,-2]}})");
  EXPECT_TRUE(s.lab.strict_sims);
  EXPECT_EQ(s.lab.clock_offset, -2h);
  ASSERT_EQ(s.expect.size(), 2U);
  EXPECT_EQ(s.expect[0].text(), "toy: {cameras: 12.5%, within: 30s}");
  EXPECT_EQ(s.expect[1].text(), "toy: {cameras: 7}");
  EXPECT_EQ(s.expect[1].kind, "toy");
  EXPECT_EQ(s.expect[1].at, (Position{29, 5}));
}

TEST(LoadScenario, ArrivalsAndOtherWords) {
  EXPECT_EQ(std::get<ArriveAtRate>(with("cameras", "arrive: {rate: 20/s}").cameras.arrive).per_second, 20);
  EXPECT_EQ(std::get<ArrivePoisson>(with("cameras", "arrive: {poisson: 7200/h}").cameras.arrive).per_second, 2);
  EXPECT_EQ(with("cameras", "firmware: {mqtt: 3.1.1}").cameras.firmware.mqtt, MqttVersion::v3_1_1);
  EXPECT_EQ(with("lab", "{refusal: connack}").lab.refusal, Refusal::connack);
}

TEST(LoadScenario, ASavedSourceLoadsAgain) {
  const auto first = keys(std::string("\xef\xbb\xbf") + std::string(kSmallest));
  EXPECT_EQ(keys(first.source).name, "small");
}

TEST(LoadScenario, AliasesStandForTheirAnchors) {
  const auto s = keys(R"(name: alias
summary: A value that is used twice.
timeout: &limit 60s
run_for: *limit
cameras: {count: 3}
expect: [toy: {cameras: all}]
)");
  EXPECT_EQ(s.run_for, Duration(60s));
}

/// What is wrong with a scenario of three cameras and 60 s that expects this.
std::string wrong(const std::string& expect) {
  const std::string text = "name: n\nsummary: s\ntimeout: 60s\ncameras: {count: 3}\nexpect: " + expect + "\n";
  const auto loaded = load_scenario(text, "x.yaml", toys());
  return loaded ? "" : loaded.diagnostics.front().message + "; " + loaded.diagnostics.front().hint;
}

TEST(Expectations, AreThoseOfTheVocabulary) {
  EXPECT_EQ(wrong("[toy: {cameras: all}]"), "");
  EXPECT_EQ(wrong("[online: {cameras: all}]"), "unknown expectation \"online\"; one of: toy");
  EXPECT_EQ(wrong("[toi: {cameras: all}]"), "unknown expectation \"toi\"; did you mean \"toy\"?");
  const auto schema = Json::parse(scenario_schema(toys()));
  const auto& item = schema["properties"]["expect"]["items"]["anyOf"];
  ASSERT_EQ(item.size(), 1U);
  EXPECT_EQ(item[0]["properties"]["toy"]["description"], "Toys in time.");
}

TEST(Expectations, SayWhatContradictsThem) {
  EXPECT_EQ(wrong("[toy: {cameras: 4}]"), "4 cameras are expected, and there are only 3; ");
  EXPECT_EQ(wrong("[toy: {cameras: 5%}]"), "5% of 3 cameras is none; ");
  EXPECT_EQ(wrong("[toy: {cameras: 3, within: 61s}]"), "beyond the timeout of 1m; ");
  EXPECT_EQ(wrong("[toy: {cameras: 3, within: 1s}, toy: {cameras: 2}]"), "");
  EXPECT_EQ(wrong("[toy: {cameras: 3, within: 1s}, toy: {cameras: 3}]"),
            "toy is expected twice; line 5 has it already; ");
}

TEST(CameraSet, IsRoundedExactly) {
  const auto share = [](std::uint32_t hundredths, std::uint32_t fleet) {
    return CameraSet{CameraSet::Kind::share, hundredths}.of(fleet);
  };
  EXPECT_EQ(share(20'00, 50), 10U);
  EXPECT_EQ(share(12'50, 100), 13U);  // a half is rounded up
  EXPECT_EQ(share(12'49, 100), 12U);
  EXPECT_EQ(share(100'00, 20'000), 20'000U);
  EXPECT_EQ((CameraSet{CameraSet::Kind::number, 3}.of(50)), 3U);
}

TEST(LoadScenario, FiftyMistakesAreShownAndNotMore) {
  std::string text(kSmallest);
  for (int i = 0; i < 5000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const auto loaded = load_scenario(text, "many.yaml", toys());
  ASSERT_EQ(loaded.diagnostics.size(), 51U);
  EXPECT_EQ(loaded.diagnostics.front().at.line, 6U);
  EXPECT_EQ(loaded.diagnostics[49].at.line, 55U);
  EXPECT_EQ(render(loaded.diagnostics.back()), "many.yaml: error: only the first 50 mistakes are shown\n");
}

/// What would make a careless parser slow, large, or crash: a megabyte of it ends soon, with an error.
/// A few seconds with sanitizers; a quadratic reader would take hours, and ctest ends a pure program before that.
TEST(LoadScenario, HostileTextsAreRefusedSoon) {
  for (const std::string piece :
       {"[",    "{",         "- ",     "? ",          "a: ", "{a: ", "\"", "'",   "&a ", "*a ",    "!x ",
        "a:\n", "a: &a 1\n", "--- \n", "a: 1\n---\n", ", ",  "- ,",  "[]", "[[]", "{? ", "- - \n", "%",
        "#",    "\n",        " ",      "\\",          "|",   ">",    ": ", "?\n", "a",   "\"\n"}) {
    std::string text;
    while (text.size() + piece.size() <= kMaxScenarioBytes) text += piece;
    EXPECT_FALSE(load_scenario(text, "hostile.yaml", toys())) << piece;
    EXPECT_FALSE(
        load_scenario(std::string(kSmallest) + "lab: {config_template: " + text.substr(0, 100'000), "h.yaml", toys()))
        << piece;
  }
}

class Folder : public testing::Test {
 protected:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "firstlight-scenario-XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    path_ = name;
  }
  ~Folder() override { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, std::string_view text) {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  std::filesystem::path path_;
};

using LoadScenarioFile = Folder;

TEST_F(LoadScenarioFile, ReadsTheTemplateNextToTheScenario) {
  write("templates/site.json", R"({"telemetry": {"interval_seconds": 5}})");
  const auto file = write("s.yaml", std::string(kSmallest) + "lab: {config_template: templates/site.json}\n");
  const auto loaded = load_scenario_file(file, toys());
  ASSERT_TRUE(loaded) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.scenario->lab.config_template.path, "templates/site.json");
  EXPECT_EQ(loaded.scenario->lab.config_template.json, R"({"telemetry":{"interval_seconds":5}})");
}

TEST_F(LoadScenarioFile, ATemplateThatIsMissingOrNoObjectIsReportedWhereItIsNamed) {
  write("list.json", "[1]");
  for (const std::string name : {"none.json", "list.json", "."}) {
    const auto file = write("s.yaml", std::string(kSmallest) + "lab: {config_template: " + name + "}\n");
    const auto loaded = load_scenario_file(file, toys());
    ASSERT_EQ(loaded.diagnostics.size(), 1U) << name;
    EXPECT_FALSE(loaded.scenario);
    EXPECT_EQ(loaded.diagnostics[0].at, (Position{6, 24}));
    EXPECT_THAT(loaded.diagnostics[0].message, HasSubstr(name));
  }
}

TEST_F(LoadScenarioFile, WhatIsNoReadableScenarioFile) {
  const auto message = [](const std::string& path) {
    const auto loaded = load_scenario_file(path, toys());
    EXPECT_FALSE(loaded.scenario);
    return render(loaded.diagnostics);
  };
  const auto missing = (path_ / "none.yaml").string();
  EXPECT_EQ(message(missing), missing + ": error: the file cannot be read: No such file or directory\n");
  EXPECT_EQ(message(path_.string()), path_.string() + ": error: this is a folder, not a scenario\n");
  const auto large = write("large.yaml", std::string(kSmallest) + std::string(kMaxScenarioBytes, '#'));
  EXPECT_THAT(message(large), HasSubstr("larger than 1048576 bytes"));
}

}  // namespace
}  // namespace firstlight::language
