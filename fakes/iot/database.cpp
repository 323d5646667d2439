#include "fakes/iot/database.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "fakes/iot/database_schema.hpp"

namespace firstlight::fakes::iot {

namespace {

/// How long to wait for a reader or a writer of another process, e.g. the sqlite3 shell.
constexpr int kBusyMilliseconds = 2000;

}  // namespace

Database::Database(StateFileLock lock, std::string path, SqlitePtr db)
    : lock_(std::move(lock)), path_(std::move(path)), db_(std::move(db)) {}

Database::~Database() {
  static_cast<void>(close());
}

Error Database::failure(std::string_view what) const {
  const int code = sqlite3_errcode(db_.get()) & 0xff;
  const auto errc = code == SQLITE_BUSY || code == SQLITE_LOCKED ? Errc::database_locked : Errc::database_error;
  return {errc, fmt::format("{}: {}: {}", path_, what, sqlite3_errmsg(db_.get()))};
}

result<void> Database::run(const char* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure("SQLite");
  return {};
}

result<int> Database::pragma(const char* sql) {
  Statement statement(db_.get(), sql);
  if (statement.code() != SQLITE_OK || statement.step() != SQLITE_ROW) return failure("cannot be read");
  return static_cast<int>(statement.number(0));
}

result<std::unique_ptr<Database>> Database::open(const std::string& path, bool durable) {
  auto lock = StateFileLock::take(path);
  if (!lock) return lock.error();
  const bool created = lock->created();
  // Absolute, so that SQLite reads nothing special into a name such as ":memory:".
  const auto absolute = std::filesystem::absolute(path).string();
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(absolute.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(std::move(*lock), path, SqlitePtr(raw)));
  const auto opened =
      code == SQLITE_OK ? database->prepare(durable) : result<void>(database->failure("cannot be opened"));
  if (opened) return database;
  auto error = opened.error();
  database.reset();
  if (created) {
    std::error_code ignored;
    std::filesystem::remove(absolute, ignored);
  }
  return error;
}

result<void> Database::check_origin() {
  const auto version = pragma("PRAGMA user_version");
  if (!version) return version.error();
  const auto application = pragma("PRAGMA application_id");
  if (!application) return application.error();
  const auto objects = pragma("SELECT count(*) FROM sqlite_schema");
  if (!objects) return objects.error();
  const bool ours = *application == kApplicationId;
  if (*version > kSchemaVersion && (ours || *application == 0))
    return Error(Errc::database_newer,
                 fmt::format("{}: schema version {}, this program knows up to {}", path_, *version, kSchemaVersion));
  if (!ours && (*application != 0 || *version != 0 || *objects != 0))
    return Error(Errc::database_error, fmt::format("{}: a database, but not one of firstlight", path_));
  return {};
}

result<void> Database::migrate() {
  // The version is read inside the transaction: another program may have written since it was checked.
  if (auto r = run("BEGIN IMMEDIATE"); !r) return r;
  const auto version = pragma("PRAGMA user_version");
  if (!version) return version.error();
  for (auto v = static_cast<std::size_t>(*version); v < kMigrations.size(); ++v)
    if (auto r = run(kMigrations[v]); !r) return r;
  const auto stamp =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId, kSchemaVersion);
  if (auto r = run(stamp.c_str()); !r) return r;
  return run("COMMIT");
}

result<void> Database::prepare(bool durable) {
  sqlite3_extended_result_codes(db_.get(), 1);
  sqlite3_busy_timeout(db_.get(), kBusyMilliseconds);
  if (auto r = check_origin(); !r) return r;
  lock_.keep_private();
  if (auto r = run("PRAGMA journal_mode = WAL"); !r) return r;
  if (auto r = run(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"); !r) return r;
  if (auto r = run("PRAGMA foreign_keys = ON"); !r) return r;
  return migrate();
}

result<void> Database::close() {
  if (!db_) return {};
  for (auto& statement : upserts_) statement = Statement();
  attach_ = Statement();
  if (sqlite3_close(db_.get()) != SQLITE_OK) return failure("cannot be closed");
  static_cast<void>(db_.release());
  return {};
}

}  // namespace firstlight::fakes::iot
