// The list of the expectations is made from the files of judge/expectations/.
#include "judge/vocabulary.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "language/suite.hpp"

namespace firstlight::judge {
namespace {

namespace fs = std::filesystem;

TEST(Vocabulary, HasAKindForEachFileByName) {
  std::vector<std::string> files, kinds;
  for (const auto& entry : fs::directory_iterator(FIRSTLIGHT_SOURCE_DIR "/judge/expectations"))
    if (entry.path().extension() == ".cpp") files.push_back(entry.path().stem().string());
  std::sort(files.begin(), files.end());
  for (const auto* kind : expectation_kinds()) {
    kinds.emplace_back(kind->name);
    EXPECT_TRUE(kind->summary.ends_with('.')) << kind->name;
  }
  EXPECT_GE(kinds.size(), 10U);
  EXPECT_EQ(kinds, files);
}

TEST(ShippedScenarios, AreRight) {
  const auto suite = language::load_suite({FIRSTLIGHT_SOURCE_DIR "/scenarios"}, vocabulary());
  EXPECT_EQ(render(suite.diagnostics), "");
  EXPECT_GE(suite.scenarios.size(), 6U);
}

}  // namespace
}  // namespace firstlight::judge
