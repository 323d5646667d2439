// Every wrong scenario in tests/golden/scenario_errors has its whole error output next to it. A new mistake is two new
// files; the expected text is written and read by a person.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::language {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> wrong_scenarios() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(FIRSTLIGHT_SOURCE_DIR "/tests/golden/scenario_errors"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class WrongScenario : public testing::TestWithParam<fs::path> {};

TEST_P(WrongScenario, IsReportedAsExpected) {
  const auto& path = GetParam();
  const auto loaded = load_scenario(content(path), path.filename().string(), judge::vocabulary());
  EXPECT_FALSE(loaded);
  auto expected = path;
  expected.replace_extension(".expected");
  EXPECT_EQ(render(loaded.diagnostics), content(expected));
}

INSTANTIATE_TEST_SUITE_P(Golden, WrongScenario, testing::ValuesIn(wrong_scenarios()),
                         [](const auto& p) { return p.param.stem().string(); });

TEST(WrongScenarios, EachExpectationHasItsScenario) {
  std::size_t scenarios = 0, expectations = 0;
  for (const auto& entry : fs::directory_iterator(FIRSTLIGHT_SOURCE_DIR "/tests/golden/scenario_errors")) {
    scenarios += entry.path().extension() == ".yaml" ? 1 : 0;
    expectations += entry.path().extension() == ".expected" ? 1 : 0;
  }
  EXPECT_EQ(scenarios, expectations);
  EXPECT_GE(scenarios, 100U);
}

}  // namespace
}  // namespace firstlight::language
