// What the scenarios of one run share, and who gets it.
#include "harness/run/attempt.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "base/crypto.hpp"
#include "wire/x509.hpp"

namespace firstlight::harness {
namespace {

language::Scenario with(language::DeviceKeyKind kind, std::uint32_t cameras) {
  language::Scenario scenario;
  scenario.cameras.count = cameras;
  scenario.lab.certificate_key = kind;
  return scenario;
}

std::vector<Play> plays_of(const std::vector<language::Scenario>& scenarios) {
  std::vector<Play> plays;
  for (const auto& scenario : scenarios)
    plays.push_back({&scenario, "play" + std::to_string(plays.size()), plays.size(), {1}, {}});
  return plays;
}

TEST(RunKeys, AreMadeForSeveralPlaysOnly) {
  const std::vector<language::Scenario> one{with(language::DeviceKeyKind::rsa_2048, 4)};
  const auto keys = make_keys(plays_of(one));
  EXPECT_FALSE(keys.endorse.valid());
  EXPECT_FALSE(keys.devices.valid());
}

TEST(RunKeys, AreNotMadeForWhatIsSkipped) {
  std::vector<language::Scenario> two{with(language::DeviceKeyKind::rsa_2048, 4),
                                      with(language::DeviceKeyKind::ec_p256, 4)};
  two[0].skip = "no modem here";
  const auto keys = make_keys(plays_of(two));
  EXPECT_FALSE(keys.endorse.valid());
  EXPECT_FALSE(keys.devices.valid());
}

TEST(RunKeys, OfDevicesOnlyWhereDevicesGetRsaKeys) {
  const std::vector<language::Scenario> two{with(language::DeviceKeyKind::ec_p256, 4),
                                            with(language::DeviceKeyKind::ec_p256, 4)};
  const auto keys = make_keys(plays_of(two));
  EXPECT_TRUE(keys.endorse.valid());
  EXPECT_FALSE(keys.devices.valid());
}

TEST(RunKeys, GoToScenariosWhoseDevicesGetRsaKeys) {
  const std::vector<language::Scenario> two{with(language::DeviceKeyKind::rsa_2048, 2),
                                            with(language::DeviceKeyKind::ec_p256, 9)};
  const auto plays = plays_of(two);
  RunContext run;
  run.folder.path = ::testing::TempDir() + "firstlight-attempt-test";
  std::filesystem::create_directories(run.folder.path);
  run.keys = make_keys(plays);
  run.keys.devices.wait();
  const auto rsa = prepare(plays[0], 1, run), ec = prepare(plays[1], 1, run), again = prepare(plays[0], 2, run);
  ASSERT_EQ(rsa.device_keys.size(), 2U) << "as many as there are cameras that get one";
  EXPECT_TRUE(ec.device_keys.empty());
  EXPECT_EQ(again.device_keys.size(), 2U);
  EXPECT_EQ(rsa.endorse_key.reveal(), ec.endorse_key.reveal());
  const CryptoContext crypto;
  std::set<std::string> different;
  for (const auto& pem : rsa.device_keys) {
    const auto key = wire::parse_private_key(crypto, pem.reveal());
    ASSERT_TRUE(key);
    EXPECT_EQ(EVP_PKEY_get_bits(key->get()), 2048);
    different.insert(pem.reveal());
  }
  EXPECT_EQ(different.size(), 2U);
  std::filesystem::remove_all(run.folder.path);
}

}  // namespace
}  // namespace firstlight::harness
