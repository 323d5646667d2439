#include "base/crypto.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace firstlight {
namespace {

class Crypto : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  CryptoContext crypto;
};

TEST_F(Crypto, Sha256OfFips180) {
  EXPECT_EQ(hex_lower(sha256(crypto, as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_lower(sha256(crypto, {})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Crypto, TheDefaultContextHasNoAlgorithms) {
  const MdPtr digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  EXPECT_EQ(digest, nullptr);
  EXPECT_NE(take_openssl_error(), "no detail");
  EXPECT_EQ(take_openssl_error(), "no detail");  // the queue is empty now
}

TEST_F(Crypto, RandomBytesDiffer) {
  std::set<std::vector<std::uint8_t>> seen;
  for (int i = 0; i < 50; ++i) {
    std::vector<std::uint8_t> bytes(16);
    random_bytes(crypto, bytes);
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), 50U);
}

TEST(Base64url, VectorsOfRfc4648WithoutPadding) {
  struct Case {
    const char* plain;
    const char* text;
  };
  for (const auto& c : {Case{"", ""}, Case{"f", "Zg"}, Case{"fo", "Zm8"}, Case{"foo", "Zm9v"}, Case{"foob", "Zm9vYg"},
                        Case{"fooba", "Zm9vYmE"}, Case{"foobar", "Zm9vYmFy"}, Case{"\xfb\xff\xfe", "-__-"}}) {
    EXPECT_EQ(base64url_encode(as_bytes(c.plain)), c.text);
    std::string out = "before";
    EXPECT_TRUE(base64url_decode(c.text, out)) << c.text;
    EXPECT_EQ(out, c.plain);
  }
}

TEST(Base64url, DecodesOneSpellingOnly) {
  std::string out;
  for (const auto* bad :
       {"A", "AAAAA", "Zg==", "Zm8=", "Zm9v\n", " Zm9v", "Zm9v+A", "Zm9v/A", "Zh", "Zm9", "Zm9v.", "Zm\xc3\xa9"})
    EXPECT_FALSE(base64url_decode(bad, out)) << bad;
  EXPECT_FALSE(base64url_decode(std::string_view("Zm\0v", 4), out));
}

TEST(HexLower, HasTwoDigitsAByte) {
  EXPECT_EQ(hex_lower(as_bytes(std::string_view("\x00\x0f\xa5\xff", 4))), "000fa5ff");
}

}  // namespace
}  // namespace firstlight
