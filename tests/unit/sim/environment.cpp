// Everything in this program must name its OpenSSL context: the default one has no algorithms.
#include <gtest/gtest.h>

#include "base/crypto.hpp"

namespace {

struct NoDefaultContext : testing::Environment {
  void SetUp() override { firstlight::CryptoContext::forbid_default(); }
};
[[maybe_unused]] auto* const kEnvironment = testing::AddGlobalTestEnvironment(new NoDefaultContext);

}  // namespace
