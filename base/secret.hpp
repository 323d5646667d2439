// A string that must not reach a journal, a log or a report: tokens, private keys, passwords. It formats as
// "[redacted]"; who really needs it says so with reveal().
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace firstlight {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string value_;
};

}  // namespace firstlight

template <>
struct fmt::formatter<firstlight::Secret> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const firstlight::Secret&, Context& ctx) const {
    return fmt::formatter<std::string_view>::format("[redacted]", ctx);
  }
};
