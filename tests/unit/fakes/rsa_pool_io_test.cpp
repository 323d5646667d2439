// Keys that come ahead of time, and what a shard does while there is none.
#include "fakes/pki/rsa_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/detached.hpp>

#include "tests/unit/fakes/iot_support.hpp"

namespace firstlight::fakes {
namespace {

TEST(RsaPool, WhoWaitsForAKeyHoldsNobodyUp) {
  CryptoContext::forbid_default();
  ShardSet shards(1, "pool-test");
  shards.start();
  auto& shard = shards.at(0);
  RsaPool pool(1);
  constexpr int kWaiting = 8;
  std::atomic<int> made{0};
  const auto wait = [&]() -> boost::asio::awaitable<void> {
    const auto key = co_await pool.next(shard);
    EXPECT_EQ(EVP_PKEY_get_bits(key.get()), 2048);
    ++made;
  };
  std::vector<std::future<void>> waiting;
  for (int i = 0; i < kWaiting; ++i) waiting.push_back(co_spawn(shard.io(), wait(), boost::asio::use_future));
  int made_before = kWaiting;
  shard.run_and_wait([&] { made_before = made; });
  EXPECT_LT(made_before, kWaiting) << "the shard made the keys itself";
  for (auto& one : waiting) one.get();
  EXPECT_EQ(made, kWaiting);
  shards.stop();
}

TEST(RsaPool, KeysThatWereMadeBeforeComeFirst) {
  RsaPool pool(1, 1, {Secret("first"), Secret("second")});  // more than it would keep ready
  for (const auto* expected : {"first", "second"}) {
    const auto key = pool.take();
    ASSERT_TRUE(key);
    EXPECT_EQ(key->reveal(), expected);
  }
}

}  // namespace
}  // namespace firstlight::fakes
