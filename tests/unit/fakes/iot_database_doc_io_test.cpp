// docs/database.md against a file that the registry made: its queries run, and it names every table and column.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/fakes/iot_support.hpp"

namespace firstlight::fakes::iot {
namespace {

using testing::HasSubstr;

class DatabaseDocument : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  /// A lab's day in short: one camera provisioned twice and gone, one connected, one that never came.
  void live(const std::string& path) {
    RegistryConfig config;
    config.path = path;
    config.retire_after = std::chrono::hours(1);
    Bench bench(config);
    auto& shard = bench.shards.at(0);
    auto& registry = *bench.registry;
    const auto now = std::chrono::floor<std::chrono::seconds>(bench.clock.now());
    const auto twice = bench.admit("440100000000001").id, online = bench.admit("440100000000002").id;
    bench.admit("440100000000003");
    for (const auto& [device, digit] : {std::pair(twice, "1"), {twice, "2"}, {online, "3"}})
      EXPECT_TRUE(await(shard, registry.register_certificate(device, sample_certificate(digit, now))));
    EXPECT_TRUE(await(shard, registry.set_device_config(online, R"({"recording":{"fps":5}})")));
    await(shard, registry.set_presence(twice, false, "127.1.0.1", "CONNECTION_LOST"));
    await(shard, registry.set_presence(online, true, "127.1.0.2", ""));
  }

  static std::string document() {
    std::ifstream file(FIRSTLIGHT_SOURCE_DIR "/docs/database.md");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(DatabaseDocument, ItsQueriesRunAndFindSomething) {
  TempFolder folder;
  const auto path = folder / "state.db";
  live(path);
  const auto text = document();
  int queries = 0;
  for (auto at = text.find("```sql\n"); at != std::string::npos; at = text.find("```sql\n", at + 1)) {
    const auto end = text.find("```", at + 3);
    write_file(folder / "query.sql", text.substr(at + 7, end - at - 7));
    const auto ran = run_command("sqlite3 -readonly -header '" + path + "' < '" + folder / "query.sql" + "'");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_FALSE(ran.output.empty()) << text.substr(at, end - at);
    ++queries;
  }
  EXPECT_GE(queries, 8);
}

TEST_F(DatabaseDocument, ItNamesEveryTableAndColumn) {
  TempFolder folder;
  const auto path = folder / "state.db";
  live(path);
  const auto text = document();
  std::istringstream names(
      sqlite_shell(path,
                   "SELECT m.name || ' ' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE "
                   "m.type = 'table';")
          .output);
  int columns = 0;
  for (std::string table, column; names >> table >> column; ++columns) {
    const auto section = text.find("### `" + table + "`");
    const auto plain = "`" + column + "`", qualified = "`" + table + "." + column + "`";
    const auto part = text.substr(section == std::string::npos ? 0 : section, text.find("\n##", section + 1) - section);
    EXPECT_TRUE(text.find(qualified) != std::string::npos ||
                (section != std::string::npos && part.find(plain) != std::string::npos))
        << table << '.' << column;
  }
  EXPECT_GT(columns, 30);
}

}  // namespace
}  // namespace firstlight::fakes::iot
