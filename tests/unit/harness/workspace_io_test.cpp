#include "harness/lab/workspace.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace firstlight::harness {
namespace {

TEST(Workspace, IsPrivateAndGoesWithItsOwner) {
  std::string path;
  {
    const auto workspace = Workspace::create().value();
    path = workspace->path();
    struct stat st {};
    ASSERT_EQ(::stat(path.c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 0777U, 0700U);
    std::ofstream(workspace->file("a")) << "x";
    std::filesystem::create_directory(workspace->file("b"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Workspace, SaysWhichFolderCannotBeMade) {
  const char* before = std::getenv("TMPDIR");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/nonexistent", 1);
  const auto made = Workspace::create();
  before == nullptr ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", saved.c_str(), 1);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().detail, ::testing::HasSubstr("/nonexistent/firstlight-"));
}

}  // namespace
}  // namespace firstlight::harness
