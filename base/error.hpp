// Errors that a peer, the network or the operating system may cause, as values: `result<T>` carries either T or an
// Error with a name and one sentence. Exceptions are for start-up and configuration only.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace firstlight {

enum class Errc {
#define X(id, name, text) id,
#include "base/error_list.def"
#undef X
};

/// The error's kebab-case name: an interface of journals, reports and scenarios.
[[nodiscard]] std::string_view error_name(Errc code);
/// The error's one sentence, for people.
[[nodiscard]] std::string_view error_text(Errc code);
/// The inverse of error_name; false when no error has that name.
[[nodiscard]] bool parse_error_name(std::string_view name, Errc& code);

struct Error {
  Errc code;
  std::string detail = {};  // what exactly: an alert's number, a field's name, errno's text; never a secret

  Error() : code(Errc::io_error) {}  // boost::system::result<void> needs it; never made by us
  Error(Errc c) : code(c) {}         // NOLINT: a bare code converts, as with std::error_code
  Error(Errc c, std::string d) : code(c), detail(std::move(d)) {}
  [[nodiscard]] std::string_view name() const { return error_name(code); }
  /// "The sentence. (detail)"
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Error& a, const Error& b) { return a.code == b.code && a.detail == b.detail; }
};

/// Thrown by result<T>::value() on an error; and by start-up code.
class ErrorException : public std::exception {
 public:
  explicit ErrorException(Error e) : error_(std::move(e)), what_(error_.text()) {}
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

 private:
  Error error_;
  std::string what_;
};

[[noreturn]] void throw_exception_from_error(const Error& e, const boost::source_location& loc);

template <class T>
using result = boost::system::result<T, Error>;

}  // namespace firstlight
