#include "wire/mqtt_bytes.hpp"

#include <stdexcept>

namespace firstlight::wire::mqtt {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

/// The length of the well-formed sequence at `i` (RFC 3629 §4, less U+0000), or 0.
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto lead = byte_at(text, i);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - i < length) return 0;
  std::uint8_t low = 0x80, high = 0xbf;  // of the second byte: no overlong form, no surrogate, nothing past U+10FFFF
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  if (byte_at(text, i + 1) < low || byte_at(text, i + 1) > high) return 0;
  for (std::size_t k = 2; k < length; ++k)
    if ((byte_at(text, i + k) & 0xc0) != 0x80) return 0;
  return length;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto length = sequence_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::size_t variable_int_size(std::uint32_t value) {
  if (value < 128) return 1;
  if (value < 16'384) return 2;
  return value < 2'097'152 ? 3 : 4;
}

void Reader::fail(Error error) {
  if (failed_) return;
  failed_ = true;
  error_ = std::move(error);
  rest_ = {};
}

std::string_view Reader::bytes(std::size_t count, const char* field) {
  if (rest_.size() < count) {
    fail(field);
    return {};
  }
  const auto taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::string_view Reader::take_rest() {
  return std::exchange(rest_, {});
}

std::uint8_t Reader::u8(const char* field) {
  const auto taken = bytes(1, field);
  return taken.empty() ? std::uint8_t{0} : byte_at(taken, 0);
}

std::uint16_t Reader::u16(const char* field) {
  const auto taken = bytes(2, field);
  if (taken.empty()) return 0;
  return static_cast<std::uint16_t>(byte_at(taken, 0) << 8 | byte_at(taken, 1));
}

std::uint32_t Reader::u32(const char* field) {
  const std::uint32_t high = u16(field);
  return high << 16 | u16(field);
}

std::uint32_t Reader::variable_int(const char* field) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const auto byte = u8(field);
    value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    if (shift > 0 && byte == 0) fail(field);  // not the shortest form [MQTT-1.5.5-1]
    return failed_ ? 0 : value;
  }
  fail(field);
  return 0;
}

std::string Reader::binary(const char* field) {
  const auto length = u16(field);
  return std::string(bytes(length, field));
}

std::string Reader::text(const char* field) {
  auto value = binary(field);
  if (!is_valid_utf8(value)) {
    fail(field);
    value.clear();
  }
  return value;
}

std::uint16_t Reader::packet_id() {
  const auto id = u16("packet id");
  if (id == 0) fail("packet id");
  return id;
}

void Reader::finish() {
  if (!rest_.empty()) fail("bytes left over");
}

void Writer::u16(std::uint16_t value) {
  u8(static_cast<std::uint8_t>(value >> 8));
  u8(static_cast<std::uint8_t>(value & 0xff));
}

void Writer::u32(std::uint32_t value) {
  u16(static_cast<std::uint16_t>(value >> 16));
  u16(static_cast<std::uint16_t>(value & 0xffff));
}

void Writer::variable_int(std::uint32_t value) {
  if (value > kMaxVariableInt) throw std::length_error("an MQTT variable byte integer has 28 bits");
  do {
    const auto low = static_cast<std::uint8_t>(value & 0x7f);
    value >>= 7;
    u8(value == 0 ? low : static_cast<std::uint8_t>(low | 0x80));
  } while (value != 0);
}

void Writer::text(std::string_view value) {
  if (value.size() > 0xffff) throw std::length_error("an MQTT string has at most 65535 bytes");
  u16(static_cast<std::uint16_t>(value.size()));
  raw(value);
}

}  // namespace firstlight::wire::mqtt
