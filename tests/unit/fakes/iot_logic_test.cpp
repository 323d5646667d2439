// Which device a SIM is, and what each operation leaves in the index; no file and no thread.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/iot/registry_logic.hpp"
#include "tests/unit/fakes/iot_samples.hpp"

namespace firstlight::fakes::iot {
namespace {

using namespace std::chrono_literals;

const Imsi kImsi("440100000000001"), kOtherImsi("440100000000002");
const SimId kSim("8981100000000000017"), kOtherSim("8981100000000000025");

class IotRules : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  IotRules() { ensure_policies(ledger); }
  DeviceRecord admitted(const Imsi& imsi, const std::optional<SimId>& sim = {}) { return admit(ledger, imsi, {}, sim); }
  CryptoContext crypto;
  Index index;
  Ledger ledger{index, crypto, from_unix_seconds(1'700'000'000)};
};

TEST_F(IotRules, DeviceIdsAreTheHashOfTheSim) {
  // printf 8981100000000000017 | sha256sum, printf imsi:440100000000001 | sha256sum
  EXPECT_EQ(derive_device_id(crypto, kSim, kImsi).value(), "7C0DF0261880");
  EXPECT_EQ(derive_device_id(crypto, {}, kImsi).value(), "7C4F432E2AA0");
  EXPECT_EQ(derive_device_id(crypto, {}, kImsi, 1).value(), "7CD3276A11D4");
}

TEST_F(IotRules, ATakenDeviceIdIsHashedAnew) {
  DeviceRow squatter;
  squatter.id = derive_device_id(crypto, kSim, kImsi);
  ledger.emit(squatter);
  EXPECT_EQ(admitted(kImsi, kSim).id, derive_device_id(crypto, kSim, kImsi, 1));
}

TEST_F(IotRules, ASimIdThatComesLaterIsFilledIn) {
  const auto before = admitted(kImsi);
  EXPECT_FALSE(before.sim_id);
  const auto after = admitted(kImsi, kSim);
  EXPECT_EQ(after.id, before.id);
  EXPECT_FALSE(after.first);
  EXPECT_EQ(after.sim_id, kSim);
  EXPECT_EQ(admitted(kOtherImsi, kSim).id, before.id);
}

TEST_F(IotRules, AChangedImsiUnderTheSameSimKeepsTheDevice) {
  const auto before = admitted(kImsi, kSim);
  const auto after = admitted(kOtherImsi, kSim);
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.imsi, kOtherImsi);
  EXPECT_EQ(index.device_by_imsi(kImsi), nullptr) << "the old IMSI names nobody";
  EXPECT_EQ(admitted(kOtherImsi).id, before.id);
}

TEST_F(IotRules, AnotherSimWithTheSameImsiIsAnotherDevice) {
  const auto first = admitted(kImsi, kSim);
  const auto second = admitted(kImsi, kOtherSim);
  EXPECT_NE(second.id, first.id);
  EXPECT_TRUE(second.first);
  EXPECT_FALSE(index.device(first.id)->imsi) << "the IMSI moved";
  EXPECT_EQ(admitted(kImsi).id, second.id);
  EXPECT_EQ(admitted(kOtherImsi, kSim).id, first.id);
}

TEST_F(IotRules, AnImsiTakenFromADeviceWithoutSimId) {
  const auto plain = admitted(kOtherImsi);
  const auto sim = admitted(kImsi, kSim);
  EXPECT_EQ(admitted(kOtherImsi, kSim).id, sim.id);
  EXPECT_FALSE(index.device(plain.id)->imsi);
}

TEST_F(IotRules, AnImeiIsKeptUntilAnotherComes) {
  admit(ledger, kImsi, Imei("350000000000001"), {});
  EXPECT_EQ(admitted(kImsi).imei, Imei("350000000000001"));
  EXPECT_EQ(admit(ledger, kImsi, Imei("350000000000019"), {}).imei, Imei("350000000000019"));
}

TEST_F(IotRules, AnOperatorsDecisionEndsAPendingRetirement) {
  const auto device = admitted(kImsi).id;
  const auto first = sample_certificate("1"), second = sample_certificate("2");
  ASSERT_TRUE(register_device_certificate(ledger, device, first, 60s));
  ASSERT_TRUE(register_device_certificate(ledger, device, second, 60s));
  ASSERT_TRUE(index.certificate(first.id)->retire_at);
  EXPECT_FALSE(index.certificate(second.id)->retire_at);
  EXPECT_FALSE(retire_if_due(ledger, first.id));
  ASSERT_TRUE(set_status(ledger, first.id, CertificateStatus::active));
  Ledger later(index, crypto, ledger.now() + 61s);
  EXPECT_FALSE(retire_if_due(later, first.id));
  EXPECT_EQ(index.certificate(first.id)->record.status, CertificateStatus::active);
}

TEST_F(IotRules, ARetirementIsDueAtItsMillisecond) {
  const auto device = admitted(kImsi).id;
  ASSERT_TRUE(register_device_certificate(ledger, device, sample_certificate("1"), 60s));
  ASSERT_TRUE(register_device_certificate(ledger, device, sample_certificate("2"), 60s));
  Ledger before(index, crypto, ledger.now() + 60s - 1ms);
  EXPECT_FALSE(retire_if_due(before, sample_certificate("1").id));
  Ledger then(index, crypto, ledger.now() + 60s);
  EXPECT_TRUE(retire_if_due(then, sample_certificate("1").id));
  EXPECT_EQ(index.certificate(sample_certificate("1").id)->record.status, CertificateStatus::inactive);
  EXPECT_FALSE(retire_if_due(then, sample_certificate("1").id));
}

// The device gave the first registration up and was given another certificate before the first one came through.
TEST_F(IotRules, ALateRegistrationDoesNotRetireTheNewerCertificate) {
  const auto device = admitted(kImsi).id;
  const auto issued_at = SteadyClock::time_point{1h};
  auto abandoned = sample_certificate("1"), newer = sample_certificate("2"), newest = sample_certificate("3");
  abandoned.issued = issued_at;
  newer.issued = issued_at + 1s;
  newest.issued = issued_at + 2s;
  ASSERT_TRUE(register_device_certificate(ledger, device, newer, 0s));
  ASSERT_TRUE(register_device_certificate(ledger, device, abandoned, 0s));
  EXPECT_EQ(index.certificate(newer.id)->record.status, CertificateStatus::active);
  EXPECT_EQ(index.certificate(abandoned.id)->record.status, CertificateStatus::inactive);
  EXPECT_EQ(newest_certificate(index, kImsi).value().id, newer.id);
  ASSERT_TRUE(register_device_certificate(ledger, device, newest, 0s));
  EXPECT_EQ(index.certificate(newer.id)->record.status, CertificateStatus::inactive);
}

TEST_F(IotRules, WithAGraceTheLateOneIsTheOneToBeRetired) {
  const auto device = admitted(kImsi).id;
  auto abandoned = sample_certificate("1"), newer = sample_certificate("2");
  newer.issued = SteadyClock::time_point{1h};
  abandoned.issued = newer.issued - 1s;
  ASSERT_TRUE(register_device_certificate(ledger, device, newer, 60s));
  ASSERT_TRUE(register_device_certificate(ledger, device, abandoned, 60s));
  EXPECT_FALSE(index.certificate(newer.id)->retire_at);
  EXPECT_EQ(index.certificate(abandoned.id)->record.status, CertificateStatus::active);
  EXPECT_TRUE(index.certificate(abandoned.id)->retire_at);
  EXPECT_EQ(newest_certificate(index, kImsi).value().id, newer.id);
}

TEST_F(IotRules, PresenceOfNobodysClientIsNotKept) {
  note_presence(ledger, DeviceId(), true, "127.0.0.1", "");
  note_presence(ledger, DeviceId("7CFFFFFFFFFF"), true, "127.0.0.1", "");
  EXPECT_TRUE(index.presence().empty());
}

}  // namespace
}  // namespace firstlight::fakes::iot
