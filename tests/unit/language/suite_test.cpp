#include "language/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/language/toy.hpp"

namespace firstlight::language {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LoadSuite : public testing::Test {
 protected:
  LoadSuite() {
    std::string name = (fs::temp_directory_path() / "firstlight-suite-XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    folder_ = name;
  }
  ~LoadSuite() override { fs::remove_all(folder_); }

  std::string scenario(const std::string& file, const std::string& name, const std::string& tags = "[]") {
    return write(file, "name: " + name + "\nsummary: A test.\ntags: " + tags +
                           "\ntimeout: 9s\ncameras: {count: 1}\nexpect: [toy: {cameras: all}]\n");
  }
  std::string write(const std::string& file, const std::string& text) {
    const auto path = folder_ / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  static std::vector<std::string> names(const Suite& suite) {
    std::vector<std::string> all;
    for (const auto& s : suite.scenarios) all.push_back(s.name);
    return all;
  }
  fs::path folder_;
};

TEST_F(LoadSuite, FindsScenariosBelowAFolderInOrder) {
  scenario("b/two.yml", "two");
  scenario("b/a/three.yaml", "three");
  scenario("a.yaml", "one");
  scenario(".hidden/no.yaml", "hidden");
  write("scenario.schema.json", "{}");
  write("b/notes.txt", "no scenario");
  const auto suite = load_suite({folder_.string()}, toys());
  EXPECT_EQ(render(suite.diagnostics), "");
  EXPECT_THAT(names(suite), ElementsAre("one", "three", "two"));
}

TEST_F(LoadSuite, AFileNamedTwiceIsLoadedOnce) {
  const auto file = scenario("a.yaml", "one");
  const auto suite = load_suite({file, folder_.string(), (folder_ / "." / "a.yaml").string()}, toys());
  EXPECT_EQ(render(suite.diagnostics), "");
  EXPECT_THAT(names(suite), ElementsAre("one"));
}

TEST_F(LoadSuite, TagsSelect) {
  scenario("a.yaml", "a", "[smoke, slow]");
  scenario("b.yaml", "b", "[smoke]");
  scenario("c.yaml", "c", "[network]");
  const auto select = [&](std::vector<std::string> tags, std::vector<std::string> exclude) {
    const auto suite = load_suite({folder_.string()}, toys(), {std::move(tags), std::move(exclude)});
    EXPECT_EQ(suite.deselected + suite.scenarios.size(), 3U);
    return names(suite);
  };
  EXPECT_THAT(select({"smoke"}, {}), ElementsAre("a", "b"));
  EXPECT_THAT(select({"smoke", "network"}, {"slow"}), ElementsAre("b", "c"));
  EXPECT_THAT(select({}, {"smoke"}), ElementsAre("c"));
  EXPECT_THAT(select({"none"}, {}), IsEmpty());
}

TEST_F(LoadSuite, TwoScenariosWithOneNameAreAMistakeEvenIfOneIsNotSelected) {
  const auto first = scenario("a.yaml", "same", "[smoke]");
  const auto second = scenario("b.yaml", "same");
  const auto suite = load_suite({folder_.string()}, toys(), {{"smoke"}, {}});
  EXPECT_EQ(render(suite.diagnostics), second + ":1:7: error: " + first +
                                           " is called \"same\" as well\nname: same\n      ^\n"
                                           "hint: each scenario of a run needs a name of its own\n");
}

TEST_F(LoadSuite, MistakesOfAllPathsAreReported) {
  fs::create_directories(folder_ / "empty");
  write("wrong.yaml", "name: wrong\n");
  scenario("right.yaml", "right");
  const auto suite = load_suite({(folder_ / "none").string(), (folder_ / "empty").string(), folder_.string()}, toys());
  const auto text = render(suite.diagnostics);
  EXPECT_THAT(text, HasSubstr("none: error: no such file or folder\n"));
  EXPECT_THAT(text, HasSubstr("empty: error: no scenario (*.yaml, *.yml) in this folder\n"));
  EXPECT_THAT(text, HasSubstr("wrong.yaml:1:1: error: missing key \"summary\""));
  EXPECT_THAT(names(suite), ElementsAre("right"));
}

}  // namespace
}  // namespace firstlight::language
