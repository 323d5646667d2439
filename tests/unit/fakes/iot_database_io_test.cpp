// The state file: what opening it refuses, and what it leaves behind.
#include "fakes/iot/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fakes/iot/registry_logic.hpp"
#include "tests/unit/fakes/iot_support.hpp"

namespace firstlight::fakes::iot {
namespace {

using testing::HasSubstr;

class IotDatabase : public testing::Test {
 protected:
  Error refusal() {
    auto database = Database::open(path, false);
    EXPECT_FALSE(database);
    return database ? Error() : database.error();
  }
  unsigned mode() {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  TempFolder folder;
  std::string path = folder / "state.db";
};

TEST_F(IotDatabase, ANewFileIsPrivateAndComplete) {
  ASSERT_TRUE(Database::open(path, true));
  EXPECT_EQ(mode(), 0600U);
  EXPECT_EQ(
      sqlite_shell(path,
                   "PRAGMA integrity_check; PRAGMA user_version; SELECT group_concat(name, ' ') FROM "
                   "(SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name);")
          .output,
      "ok\n1\nauthorities certificates device_configs devices meta policies policy_attachments presence things\n");
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(path + "-shm"));
}

TEST_F(IotDatabase, AnExistingFileIsMadePrivate) {
  ASSERT_TRUE(Database::open(path, false));
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  ASSERT_TRUE(Database::open(path, false));
  EXPECT_EQ(mode(), 0600U);
}

TEST_F(IotDatabase, ANewerFileIsRefusedAndLeftAsItIs) {
  ASSERT_TRUE(Database::open(path, false));
  ASSERT_EQ(sqlite_shell(path, "PRAGMA user_version = 2;").status, 0);
  const auto error = refusal();
  EXPECT_EQ(error.name(), "database-newer");
  EXPECT_THAT(error.detail, HasSubstr(path));
  EXPECT_THAT(error.detail, HasSubstr("version 2"));
  EXPECT_EQ(sqlite_shell(path, "PRAGMA user_version;").output, "2\n");
}

TEST_F(IotDatabase, WhatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  for (const auto& text : {std::string("hello"), std::string(100'000, 'x')}) {
    write_file(path, text);
    const auto error = refusal();
    EXPECT_EQ(error.name(), "database-error");
    EXPECT_THAT(error.detail, HasSubstr(path));
    EXPECT_THAT(error.detail, HasSubstr("not a database"));
    EXPECT_EQ(std::filesystem::file_size(path), text.size());
  }
}

TEST_F(IotDatabase, AnotherProgramsDatabaseIsRefused) {
  ASSERT_EQ(sqlite_shell(path, "CREATE TABLE contacts (name TEXT);").status, 0);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const auto error = refusal();
  EXPECT_EQ(error.name(), "database-error");
  EXPECT_THAT(error.detail, HasSubstr("not one of firstlight"));
  EXPECT_EQ(mode(), 0644U) << "its mode is its owner's business";
}

TEST_F(IotDatabase, AnEmptyFileIsANewOne) {
  write_file(path, "");
  EXPECT_TRUE(Database::open(path, false));
  EXPECT_EQ(mode(), 0600U);
}

TEST_F(IotDatabase, OneLabAtATime) {
  auto first = Database::open(path, false);
  ASSERT_TRUE(first);
  // The flock command is another process with a descriptor of its own, as a second lab would be.
  EXPECT_NE(run_command("flock --nonblock '" + path + "' true").status, 0);
  first->reset();
  EXPECT_EQ(run_command("flock --nonblock '" + path + "' true").status, 0);
  FILE* other = ::popen(("flock '" + path + "' sh -c 'read line'").c_str(), "w");
  ASSERT_NE(other, nullptr);
  while (run_command("flock --nonblock '" + path + "' true").status == 0) std::this_thread::yield();
  const auto error = refusal();
  EXPECT_EQ(error.name(), "database-locked");
  EXPECT_THAT(error.detail, HasSubstr(path));
  EXPECT_THAT(error.detail, HasSubstr("another lab"));
  ::pclose(other);
  EXPECT_TRUE(Database::open(path, false));
}

TEST_F(IotDatabase, AFileThatCannotBeMadeIsRefused) {
  path = folder / "missing/state.db";
  EXPECT_EQ(refusal().name(), "database-error");
  path = "/proc/firstlight.db";  // refuses root as well
  const auto error = refusal();
  EXPECT_EQ(error.name(), "database-error");
  EXPECT_THAT(error.detail, HasSubstr("/proc/firstlight.db: cannot be opened for writing"));
  path = folder / ".";
  EXPECT_EQ(refusal().name(), "database-error");
}

TEST_F(IotDatabase, AReadOnlyFolderIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
  std::filesystem::permissions(folder / "", std::filesystem::perms(0555));
  const auto error = refusal();
  std::filesystem::permissions(folder / "", std::filesystem::perms(0755));
  EXPECT_EQ(error.name(), "database-error");
  EXPECT_THAT(error.detail, HasSubstr("Permission denied"));
}

TEST_F(IotDatabase, ANameWithMeaningToSqliteIsAFileName) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder / "");
  EXPECT_TRUE(Database::open(":memory:", false));
  EXPECT_TRUE(std::filesystem::exists(folder / ":memory:"));
  std::filesystem::current_path(before);
}

TEST_F(IotDatabase, ARowThatCannotBeWrittenLeavesNoneOfItsBatch) {
  auto database = Database::open(path, false);
  ASSERT_TRUE(database);
  const auto now = from_unix_seconds(1'700'000'000);
  const DeviceRow device{DeviceId("7C0000000001"), Imsi("440100000000001"), {}, {}, now, now};
  const ThingRow orphan{"7C0000000002", DeviceId("7C0000000002"), now};
  const auto written = (*database)->write({device, orphan});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().name(), "database-error");
  EXPECT_TRUE((*database)->write({device}));
  database->reset();
  EXPECT_EQ(sqlite_shell(path, "SELECT count(*) FROM things; SELECT count(*) FROM devices;").output, "0\n1\n");
}

TEST_F(IotDatabase, APolicyThatDoesNotParseIsNamed) {
  auto database = Database::open(path, false);
  ASSERT_TRUE(database);
  ASSERT_TRUE((*database)->write({PolicyRow{"mine", "{}", from_unix_seconds(0)}}));
  Index index;
  const auto loaded = (*database)->load([&](const Row& row) { return index.apply(row); });
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().detail, HasSubstr("policy mine: Statement is missing"));
  EXPECT_THAT(loaded.error().detail, HasSubstr(path));
}

}  // namespace
}  // namespace firstlight::fakes::iot
