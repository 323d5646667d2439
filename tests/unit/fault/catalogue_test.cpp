// The catalogue against its folders and its own promises: a file of an effect that is not listed would be dead code,
// and a fallback that does not parse would only be noticed by the scenario that relies on it.
#include "fault/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <stdexcept>

#include "fault/effects.hpp"

namespace firstlight::fault {
namespace {

namespace fs = std::filesystem;

TEST(FaultCatalogue, EveryFileIsAnEffectOfItsFolder) {
  const fs::path root = fs::path(FIRSTLIGHT_SOURCE_DIR) / "fault/effects";
  std::set<std::string> folders, files, listed;
  for (const auto& file : fs::recursive_directory_iterator(root)) {
    const auto& path = file.path();
    if (file.is_directory()) {
      folders.insert(path.filename().string());
      continue;
    }
    auto name = path.stem().string();
    std::replace(name.begin(), name.end(), '_', '-');
    files.insert(path.parent_path().filename().string() + "/" + name);
  }
  for (const auto& folder : effect_folders()) {
    EXPECT_EQ(folders.erase(std::string(folder.name)), 1U) << folder.name;
    for (const auto* effect : folder.effects) listed.insert(std::string(folder.name) + "/" + std::string(effect->name));
    const auto by_name = [](const auto* a, const auto* b) { return a->name < b->name; };
    EXPECT_TRUE(std::is_sorted(folder.effects.begin(), folder.effects.end(), by_name)) << folder.name;
  }
  EXPECT_EQ(files, listed);
  EXPECT_THAT(folders, testing::IsEmpty());
  EXPECT_GE(files.size(), 80U);
}

TEST(FaultCatalogue, EveryFolderIsReachedFromAPoint) {
  std::set<const std::vector<const EffectInfo*>*> reached;
  for (const auto& point : catalogue()) reached.insert(point.effects);
  for (const auto& folder : effect_folders()) EXPECT_TRUE(reached.contains(&folder.effects)) << folder.name;
  EXPECT_THROW((void)effects_in("nowhere"), std::out_of_range);
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
