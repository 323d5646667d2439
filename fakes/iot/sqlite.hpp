// RAII for the SQLite C API: a connection and a prepared statement. Used by the registry's store alone.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace firstlight::fakes::iot {

struct SqliteClose {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using SqlitePtr = std::unique_ptr<sqlite3, SqliteClose>;

/// One prepared statement; values are bound from 1 in order, columns read from 0. A value must outlive the step.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* db, std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    code_ = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    statement_.reset(raw);
  }
  [[nodiscard]] int code() const { return code_; }  // of the preparation

  void rewind() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    next_ = 1;
  }
  Statement& bind(std::string_view text) {
    sqlite3_bind_text(statement_.get(), next_++, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
  }
  Statement& bind(std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), next_++, number);
    return *this;
  }
  /// NULL for an empty one.
  template <class T>
  Statement& bind_optional(const std::optional<T>& value) {
    if (value) return bind(value->value());
    ++next_;
    return *this;
  }
  Statement& bind_or_null(std::string_view text) {
    if (!text.empty()) return bind(text);
    ++next_;
    return *this;
  }
  Statement& bind_null() {
    ++next_;
    return *this;
  }

  /// SQLITE_ROW, SQLITE_DONE or an error.
  int step() { return sqlite3_step(statement_.get()); }
  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  [[nodiscard]] std::string text(int column) const {
    const auto* p = sqlite3_column_text(statement_.get(), column);
    if (p == nullptr) return {};
    return {reinterpret_cast<const char*>(p), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
  }
  [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int code_ = SQLITE_MISUSE;
  int next_ = 1;
};

}  // namespace firstlight::fakes::iot
