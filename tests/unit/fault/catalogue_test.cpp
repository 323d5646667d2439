// The catalogue against its folder and its own promises: a file of an effect that no list names would be dead code, and
// a fallback that does not parse would only be noticed by the scenario that relies on it.
#include "fault/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "fault/effects/lists.hpp"

namespace firstlight::fault {
namespace {

namespace fs = std::filesystem;

/// The folder of effects → its list.
const std::map<std::string, const std::vector<const EffectInfo*>*>& lists() {
  static const std::map<std::string, const std::vector<const EffectInfo*>*> all{
      {"attach", &attach::effects()},
      {"link", &link::effects()},
      {"tls", &tls::effects()},
      {"endorse_token", &endorse_token::effects()},
      {"http", &http::effects()},
      {"config_api_body", &config_api_body::effects()},
      {"config_api_certificate", &config_api_certificate::effects()},
      {"iot_register", &iot_register::effects()},
      {"iot_verify", &iot_verify::effects()},
      {"iot_certificate", &iot_certificate::effects()},
      {"mqtt", &mqtt::effects()},
      {"broker", &broker::effects()},
      {"camera", &camera::effects()},
  };
  return all;
}

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(FaultCatalogue, EveryFileIsAnEffectOfItsFoldersListAndTheOtherWayRound) {
  const fs::path root = fs::path(FIRSTLIGHT_SOURCE_DIR) / "fault/effects";
  std::set<std::string> folders;
  for (const auto& folder : fs::directory_iterator(root)) {
    if (!folder.is_directory()) continue;
    const auto name = folder.path().filename().string();
    folders.insert(name);
    ASSERT_TRUE(lists().contains(name)) << name;
    std::set<std::string> files, listed;
    for (const auto& file : fs::directory_iterator(folder)) {
      auto stem = file.path().stem().string();
      if (stem == "list") continue;
      std::replace(stem.begin(), stem.end(), '_', '-');
      files.insert(stem);
      EXPECT_TRUE(std::regex_search(text_of(file.path()), std::regex("\\(\\s*\\{\\s*\"" + stem + "\"")))
          << file << " has another's name";
    }
    for (const auto* effect : *lists().at(name)) listed.emplace(effect->name);
    EXPECT_EQ(files, listed) << name;
  }
  EXPECT_EQ(folders.size(), lists().size());
}

TEST(FaultCatalogue, EveryListIsReachedFromAPoint) {
  std::set<const std::vector<const EffectInfo*>*> reached;
  for (const auto& point : catalogue()) reached.insert(point.effects);
  for (const auto& [name, list] : lists()) EXPECT_TRUE(reached.contains(list)) << name;
}

TEST(FaultCatalogue, NamesAreKebabCaseAndUniqueAtAPoint) {
  const std::regex kebab("[a-z][a-z0-9]*(-[a-z0-9]+)*"), snake("[a-z][a-z0-9_]*");
  for (const auto& point : catalogue()) {
    std::set<std::string_view> names;
    for (const auto* effect : *point.effects) {
      const auto where = std::string(point.name) + " " + std::string(effect->name);
      EXPECT_TRUE(std::regex_match(std::string(effect->name), kebab)) << where;
      EXPECT_TRUE(names.insert(effect->name).second) << where;
      EXPECT_TRUE(effect->summary.ends_with('.')) << where;
      EXPECT_EQ(point.find(effect->name), effect);
      std::set<std::string_view> parameters;
      for (const auto& p : effect->parameters) {
        EXPECT_TRUE(std::regex_match(std::string(p.name), snake)) << where << " " << p.name;
        EXPECT_TRUE(parameters.insert(p.name).second) << where << " " << p.name;
        EXPECT_FALSE(p.summary.empty()) << where << " " << p.name;
        EXPECT_EQ(p.choices.empty(), p.kind != Kind::choice) << where << " " << p.name;
      }
    }
    EXPECT_EQ(point.find("no-such-effect"), nullptr);
  }
}

TEST(FaultCatalogue, EveryFallbackIsAValue) {
  for (const auto& point : catalogue())
    for (const auto* effect : *point.effects)
      for (const auto& p : effect->parameters) {
        if (p.fallback.empty()) continue;
        const auto parsed = parse_value(p, p.fallback);
        EXPECT_TRUE(std::holds_alternative<Value>(parsed))
            << point.name << " " << effect->name << " " << p.name << ": " << p.fallback;
      }
}

TEST(FaultCatalogue, EveryPointHasAnEntryOfItsName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kPointCount; ++i) {
    const auto point = static_cast<Point>(i);
    EXPECT_TRUE(names.insert(point_name(point)).second);
    const auto* info = find_point(point_name(point));
    ASSERT_NE(info, nullptr) << point_name(point);
    EXPECT_EQ(info->points, std::vector{point});
    EXPECT_FALSE(info->counts.empty());
    EXPECT_FALSE(info->summary.empty());
  }
  EXPECT_EQ(find_point("nowhere"), nullptr);
}

TEST(FaultCatalogue, LinkAndTlsStandForTheFourServices) {
  using enum Point;
  EXPECT_EQ(find_point("link")->points, (std::vector{link_endorse, link_keys, link_config_api, link_mqtt}));
  EXPECT_EQ(find_point("tls")->points, (std::vector{tls_endorse, tls_keys, tls_config_api, tls_mqtt}));
}

}  // namespace
}  // namespace firstlight::fault
