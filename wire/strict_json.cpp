#include "wire/strict_json.hpp"

#include <set>
#include <string>
#include <vector>

namespace firstlight::wire {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxMembers = 512;  // ordered_json looks members up one after the other

/// Stops at the first violation, before anything is built.
class StrictReader final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return inside(); }
  bool boolean(bool) override { return inside(); }
  bool number_integer(number_integer_t) override { return inside(); }
  bool number_unsigned(number_unsigned_t) override { return inside(); }
  bool number_float(number_float_t, const string_t&) override { return inside(); }
  bool string(string_t&) override { return inside(); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    names_.emplace_back();
    return names_.size() <= kMaxDepth;
  }
  bool key(string_t& name) override { return ++members_ <= kMaxMembers && names_.back().insert(name).second; }
  bool end_object() override {
    names_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override {
    if (!inside()) return false;
    names_.emplace_back();
    return names_.size() <= kMaxDepth;
  }
  bool end_array() override { return end_object(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  [[nodiscard]] bool inside() const { return !names_.empty(); }  // the top is an object

  std::vector<std::set<std::string>> names_;  // one set an open object or array
  std::size_t members_ = 0;
};

}  // namespace

std::optional<Json> parse_strict_object(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) return {};  // the parser would skip a byte order mark
  StrictReader reader;
  if (!Json::sax_parse(text, &reader)) return {};
  auto value = Json::parse(text, nullptr, false);
  if (!value.is_object()) return {};
  return value;
}

}  // namespace firstlight::wire
