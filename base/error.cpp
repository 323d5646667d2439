#include "base/error.hpp"

#include <fmt/format.h>

namespace firstlight {

std::string_view error_name(Errc code) {
  switch (code) {
#define X(id, name, text) \
  case Errc::id:          \
    return name;
#include "base/error_list.def"
#undef X
  }
  return "unknown";
}

std::string_view error_text(Errc code) {
  switch (code) {
#define X(id, name, text) \
  case Errc::id:          \
    return text;
#include "base/error_list.def"
#undef X
  }
  return "Unknown error.";
}

bool parse_error_name(std::string_view name, Errc& code) {
#define X(id, kebab, text) \
  if (name == (kebab)) {   \
    code = Errc::id;       \
    return true;           \
  }
#include "base/error_list.def"
#undef X
  return false;
}

std::string Error::text() const {
  return detail.empty() ? std::string(error_text(code)) : fmt::format("{} ({})", error_text(code), detail);
}

void throw_exception_from_error(const Error& e, const boost::source_location&) {
  throw ErrorException(e);
}

}  // namespace firstlight
