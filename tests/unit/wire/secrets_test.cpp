#include "wire/secrets.hpp"

#include <gtest/gtest.h>

#include <string>

#include "token_vectors.hpp"

namespace firstlight::wire {
namespace {

const std::string kToken(vectors::kPyjwtToken);

TEST(Secrets, PrivateKeysOfAllKinds) {
  for (const char* kind : {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    EXPECT_EQ(find_secret("key: -----BEGIN " + std::string(kind) + "-----\\nMII"), "private-key") << kind;
  EXPECT_EQ(find_secret("-----BEGIN PUBLIC KEY-----\nMII"), std::nullopt);
  EXPECT_EQ(find_secret("-----BEGIN CERTIFICATE-----\nMII"), std::nullopt);
}

TEST(Secrets, TokensWhereverTheyStand) {
  EXPECT_EQ(find_secret(kToken), "token");
  EXPECT_EQ(find_secret("Authorization: Bearer " + kToken + "\r\n"), "token");
  EXPECT_EQ(find_secret("/v1/me?token=" + kToken + "&x=1"), "token");
  EXPECT_EQ(find_secret(R"({"a":"eyJ","token":")" + kToken + "\"}"), "token");
  EXPECT_EQ(find_secret("eyJhbGciOiJSUzI1NiJ9.eyJ " + kToken), "token");
}

TEST(Secrets, ATextWithASecretIsReplacedWhole) {
  EXPECT_EQ(without_secret("/v1/" + kToken + "/me"), "[redacted]");
  EXPECT_EQ(without_secret("-----BEGIN PRIVATE KEY-----"), "[redacted]");
  EXPECT_EQ(without_secret("/v1/sora_cam/devices/me/config"), "/v1/sora_cam/devices/me/config");
  EXPECT_EQ(without_secret(""), "");
}

TEST(Secrets, AKeyIsNamedBeforeAToken) {
  EXPECT_EQ(find_secret(kToken + " -----BEGIN PRIVATE KEY-----"), "private-key");
}

TEST(Secrets, WhatOnlyLooksSimilar) {
  EXPECT_EQ(find_secret(""), std::nullopt);
  EXPECT_EQ(find_secret("eyJ"), std::nullopt);
  EXPECT_EQ(find_secret("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0"), std::nullopt);   // two parts
  EXPECT_EQ(find_secret("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0."), std::nullopt);  // unsigned: proves nothing
  EXPECT_EQ(find_secret("eyJhbGciOiJSUzI1NiJ9..c2ln"), std::nullopt);
  EXPECT_EQ(find_secret("the private key is in the store"), std::nullopt);
  EXPECT_EQ(find_secret(R"({"device_id":"7CDDDEADBEEF","state":"online"})"), std::nullopt);
}

// Every place of a long text could begin a token: the work must stay linear.
TEST(Secrets, AMegabyteThatNearlyIsOne) {
  std::string text;
  while (text.size() < 1'000'000) text += "eyJ..";
  EXPECT_EQ(find_secret(text), std::nullopt);
  EXPECT_EQ(find_secret(std::string(1'000'000, 'e') + "yJ"), std::nullopt);
}

}  // namespace
}  // namespace firstlight::wire
