#include "base/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/secret.hpp"

namespace firstlight {
namespace {

constexpr Errc kAll[] = {
#define X(id, name, text) Errc::id,
#include "base/error_list.def"
#undef X
};

TEST(ErrorNames, GoThereAndBackAndAreUnique) {
  std::set<std::string_view> names;
  for (const auto code : kAll) {
    const auto name = error_name(code);
    Errc back = code == Errc::io_error ? Errc::cancelled : Errc::io_error;
    EXPECT_TRUE(parse_error_name(name, back)) << name;
    EXPECT_EQ(back, code) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(ErrorNames, AreKebabCaseAndTextsAreSentences) {
  for (const auto code : kAll) {
    EXPECT_EQ(error_name(code).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    const auto text = error_text(code);
    EXPECT_TRUE(text.ends_with('.') && text.front() >= 'A' && text.front() <= 'Z') << text;
  }
}

TEST(ErrorNames, UnknownOnesAreNotNames) {
  auto code = Errc::cancelled;
  for (const auto* bad : {"", "unknown", "connect_refused", "Connect-refused", "connect-refused "})
    EXPECT_FALSE(parse_error_name(bad, code)) << bad;
  EXPECT_EQ(code, Errc::cancelled);
  EXPECT_TRUE(parse_error_name("connect-refused", code));
  EXPECT_EQ(code, Errc::connect_refused);
}

TEST(ErrorText, QuotesTheDetail) {
  EXPECT_EQ(Error(Errc::tls_alert).text(), "The peer ended the TLS connection with a fatal alert.");
  EXPECT_EQ(Error(Errc::tls_alert, "45").text(), "The peer ended the TLS connection with a fatal alert. (45)");
}

TEST(Result, ValueOfAnErrorThrowsIt) {
  const result<int> bad = Error(Errc::not_found, "x");
  try {
    static_cast<void>(bad.value());
    FAIL();
  } catch (const ErrorException& e) {
    EXPECT_EQ(e.error(), Error(Errc::not_found, "x"));
    EXPECT_STREQ(e.what(), "There is no such object. (x)");
  }
}

TEST(SecretTest, FormatsAsRedacted) {
  const Secret secret("hunter2");
  EXPECT_EQ(fmt::format("{}", secret), "[redacted]");
  EXPECT_EQ(fmt::format("{:>12}", secret), "  [redacted]");
  EXPECT_EQ(secret.reveal(), "hunter2");
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace firstlight
