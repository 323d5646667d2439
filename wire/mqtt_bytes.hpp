// Reading and writing the data types of MQTT §1.5 (two-byte integers, strings, variable byte integers), with
// bounds checked in one place. Used by the mqtt_*.cpp files alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace firstlight::wire::mqtt {

inline constexpr std::uint32_t kMaxVariableInt = 268'435'455;  // four bytes of seven bits

/// UTF-8 as MQTT wants it (§1.5.4): well-formed, no surrogates, no U+0000.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// How many bytes a variable byte integer takes (§1.5.5, at least one).
[[nodiscard]] std::size_t variable_int_size(std::uint32_t value);

/// Takes fields off the front of a packet's body. The first failure sticks: later reads give zero or empty values, so a
/// decoder may read on and look once, at the end of a group of fields.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8(const char* field);
  std::uint16_t u16(const char* field);
  std::uint32_t u32(const char* field);
  std::uint32_t variable_int(const char* field);
  std::string binary(const char* field);
  std::string text(const char* field);  // valid UTF-8
  std::uint16_t packet_id();            // never 0
  std::string_view bytes(std::size_t count, const char* field);
  std::string_view take_rest();

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }
  void fail(Error error);
  void fail(const char* field) { fail(Error(Errc::mqtt_malformed, field)); }
  void fail_protocol(const char* what) { fail(Error(Errc::mqtt_protocol, what)); }
  [[nodiscard]] const Error& error() const { return error_; }
  /// Fails unless everything was read.
  void finish();

 private:
  std::string_view rest_;
  bool failed_ = false;
  Error error_;
};

/// Appends fields. Throws std::length_error for what no packet can carry (our own mistake).
class Writer {
 public:
  void u8(std::uint8_t value) { out_ += static_cast<char>(value); }
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void variable_int(std::uint32_t value);
  void text(std::string_view value);  // also binary data: two bytes of length
  void raw(std::string_view value) { out_ += value; }
  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] const std::string& bytes() const { return out_; }

 private:
  std::string out_;
};

}  // namespace firstlight::wire::mqtt
