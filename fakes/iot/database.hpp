// The state file: SQLite, opened by one lab at a time, readable with the sqlite3 shell meanwhile. Owned by the
// registry's owner thread; knows rows and transactions, nothing of devices or of Asio.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "fakes/iot/rows.hpp"
#include "fakes/iot/sqlite.hpp"

namespace firstlight::fakes::iot {

/// An open descriptor of the state file with an exclusive flock(2). SQLite's own locks do not serve: they would keep
/// the sqlite3 shell out as well. Must be opened before SQLite opens the file and closed after it, since closing any
/// descriptor of a file drops the process's POSIX locks on it.
class StateFileLock {
 public:
  /// Creates the file with mode 0600 where it is missing. Errors: database-error, database-locked.
  static result<StateFileLock> take(const std::string& path);
  StateFileLock(StateFileLock&& other) noexcept;
  StateFileLock& operator=(StateFileLock&&) = delete;
  ~StateFileLock();
  [[nodiscard]] bool created() const { return created_; }
  /// The file holds the authorities' private keys.
  void keep_private() const;

 private:
  StateFileLock(int fd, bool created) : fd_(fd), created_(created) {}
  int fd_;
  bool created_;
};

class Database {
 public:
  /// Opens or creates, checks and migrates. `durable`: a committed batch survives the machine's crash, else only this
  /// program's. Errors: database-error, database-newer, database-locked, each with the path.
  static result<std::unique_ptr<Database>> open(const std::string& path, bool durable);
  ~Database();

  using Visitor = std::function<result<void>(const Row&)>;
  /// Shows every row, certificates in the order of their registration. Errors: database-error, and the visitor's.
  result<void> load(const Visitor& visit);
  /// All rows in one transaction, or none. Errors: database-error.
  result<void> write(const Rows& rows);
  /// Folds the write-ahead log into the file. The destructor does that too, but reports no error.
  result<void> close();

 private:
  Database(StateFileLock lock, std::string path, SqlitePtr db);
  [[nodiscard]] Error failure(std::string_view what) const;
  result<void> run(const char* sql);
  result<int> pragma(const char* sql);
  result<void> check_origin();
  result<void> migrate();
  result<void> prepare(bool durable);
  result<void> put(const Row& row);
  result<void> execute(Statement& statement);

  StateFileLock lock_;
  std::string path_;
  SqlitePtr db_;
  std::array<Statement, std::variant_size_v<Row>> upserts_;  // by the variant's index
  Statement attach_;
};

}  // namespace firstlight::fakes::iot
