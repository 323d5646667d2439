// The registry with a real file and two shards: what callers are answered, what the replicas see, what survives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>

#include "fakes/iot/registry_logic.hpp"
#include "tests/unit/fakes/iot_support.hpp"

namespace firstlight::fakes::iot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class IotRegistry : public testing::TestWithParam<bool> {  // durable or not
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }
  RegistryConfig config() {
    RegistryConfig c;
    c.path = folder / "state.db";
    c.durable = GetParam();
    return c;
  }
  TempFolder folder;
};
INSTANTIATE_TEST_SUITE_P(Modes, IotRegistry, testing::Values(false, true),
                         [](const auto& mode) { return mode.param ? "Durable" : "Volatile"; });

TEST_P(IotRegistry, ASimIsAdmittedOnceAndKnownAfterwards) {
  Bench bench(config());
  const auto first = bench.admit("440100000000001", SimId("8981100000000000017"));
  EXPECT_TRUE(first.first);
  EXPECT_THAT(first.id.value(), testing::MatchesRegex("7C[0-9A-F]{10}"));
  EXPECT_EQ(first.config_overrides, "{}");
  EXPECT_FALSE(first.current);
  const auto again = bench.admit("440100000000001", SimId("8981100000000000017"), 1);
  EXPECT_FALSE(again.first);
  EXPECT_EQ(again.id, first.id);
}

TEST_P(IotRegistry, ARegisteredCertificateIsInEveryReplicaBeforeItsCallerIsAnswered) {
  Bench bench(config());
  const auto device = bench.admit("440100000000001");
  const auto certificate = sample_certificate("a");
  // On the shard's own thread right after the answer: no later message can have brought the update.
  std::optional<CertificateView> at_answer;
  const auto caller = [&]() -> boost::asio::awaitable<result<void>> {
    const auto registered = co_await bench.registry->register_certificate(device.id, certificate);
    if (const auto* view = bench.registry->replica(0).find(certificate.id)) at_answer = *view;
    co_return registered;
  };
  ASSERT_TRUE(await(bench.shards.at(0), caller()));
  ASSERT_TRUE(at_answer);
  EXPECT_EQ(at_answer->status, CertificateStatus::active);
  EXPECT_EQ(at_answer->device_id, device.id);
  EXPECT_EQ(at_answer->thing_name, device.id.value());
  EXPECT_EQ(at_answer->validity.not_after, certificate.validity.not_after);
  ASSERT_TRUE(at_answer->policy);
  const PolicyContext context{device.id.value(), device.id.value()};
  EXPECT_EQ(at_answer->policy->evaluate(PolicyAction::connect, device.id.value(), context), Policy::Verdict::allow);
  EXPECT_TRUE(bench.seen(1, certificate.id));
}

TEST_P(IotRegistry, FiveHundredRegistrationsFromTwoShards) {
  constexpr int kDevices = 500;
  Bench bench(config());
  std::vector<std::future<bool>> done;
  const auto provision = [&](int i) -> boost::asio::awaitable<bool> {
    const auto imsi = Imsi("44010" + std::to_string(1'000'000'000 + i));
    const std::optional<Imei> no_imei;
    const std::optional<SimId> no_sim_id;
    const auto device = co_await bench.registry->admit_device(imsi, no_imei, no_sim_id);
    if (!device) co_return false;
    auto certificate = sample_certificate("b");
    const auto number = std::to_string(100'000 + i);
    certificate.id = CertificateId(number + certificate.id.value().substr(number.size()));
    const auto registered = co_await bench.registry->register_certificate(device->id, certificate);
    const unsigned here = static_cast<unsigned>(i) % 2;
    co_return registered.has_value() && bench.registry->replica(here).find(certificate.id) != nullptr;
  };
  for (int i = 0; i < kDevices; ++i) {
    auto& shard = bench.shards.at(static_cast<unsigned>(i) % 2);
    done.push_back(boost::asio::co_spawn(shard.io(), provision(i), boost::asio::use_future));
  }
  for (auto& one : done) EXPECT_TRUE(one.get());
  bench.registry->close();
  EXPECT_FALSE(bench.registry->failure());
  EXPECT_EQ(sqlite_shell(folder / "state.db",
                         "SELECT count(*), count(DISTINCT c.device_id) FROM certificates c JOIN devices USING "
                         "(device_id) JOIN things USING (thing_name) JOIN policy_attachments USING (certificate_id);")
                .output,
            "500|500\n");
}

TEST_P(IotRegistry, ReopeningKeepsEverything) {
  const auto certificate = sample_certificate("c");
  Authorities authorities;
  DeviceId device;
  {
    Bench bench(config());
    CryptoContext crypto;
    authorities = bench.registry->authorities(crypto).value();
    device = bench.admit("440100000000001", SimId("8981100000000000017")).id;
    ASSERT_TRUE(await(bench.shards.at(0), bench.registry->set_device_config(device, R"({"recording":{"fps":5}})")));
    ASSERT_TRUE(await(bench.shards.at(0), bench.registry->register_certificate(device, certificate)));
    await(bench.shards.at(0), bench.registry->set_presence(device, true, "127.1.0.1", ""));
  }
  Bench bench(config());
  EXPECT_TRUE(bench.seen(0, certificate.id));
  EXPECT_TRUE(bench.seen(1, certificate.id));
  CryptoContext crypto;
  const auto kept = bench.registry->authorities(crypto).value();
  EXPECT_EQ(kept.server.private_key, authorities.server.private_key);
  EXPECT_EQ(kept.device.certificate_chain, authorities.device.certificate_chain);
  const auto again = bench.admit("440100000000001", SimId("8981100000000000017"));
  EXPECT_FALSE(again.first);
  EXPECT_EQ(again.id, device);
  EXPECT_EQ(again.config_overrides, R"({"recording":{"fps":5}})");
  ASSERT_TRUE(again.current);
  EXPECT_EQ(again.current->id, certificate.id);
  EXPECT_EQ(again.current->pem, certificate.certificate_pem);
  bench.registry->close();
  EXPECT_EQ(sqlite_shell(folder / "state.db", "SELECT connected, reason FROM presence;").output, "0|LAB_ENDED\n");
}

TEST_P(IotRegistry, AStatusReachesTheListenersOnTheirShards) {
  Bench bench(config());
  const auto device = bench.admit("440100000000001");
  const auto certificate = sample_certificate("d");
  std::array<std::promise<CertificateStatus>, 2> told;
  std::array<std::atomic<bool>, 2> on_own_shard{};
  for (unsigned i = 0; i < 2; ++i)
    bench.shards.at(i).run_and_wait([&, i] {
      bench.registry->replica(i).on_change = [&, i, here = std::this_thread::get_id()](const CertificateId& id,
                                                                                       const CertificateView& view) {
        EXPECT_EQ(id, certificate.id);
        on_own_shard.at(i) = here == std::this_thread::get_id();
        told.at(i).set_value(view.status);
      };
    });
  ASSERT_TRUE(await(bench.shards.at(0), bench.registry->register_certificate(device.id, certificate)));
  const auto change =
      await(bench.shards.at(1), bench.registry->change_certificate(certificate.id, CertificateStatus::inactive));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->changed);
  EXPECT_EQ(change->device_id, device.id);
  for (unsigned i = 0; i < 2; ++i) {
    EXPECT_EQ(told.at(i).get_future().get(), CertificateStatus::inactive);
    EXPECT_TRUE(on_own_shard.at(i));
  }
  // A promise set twice would throw: the same status again tells nobody.
  ASSERT_TRUE(
      await(bench.shards.at(0), bench.registry->update_certificate(certificate.id, CertificateStatus::inactive)));
  EXPECT_FALSE(bench.admit("440100000000001").current);
  const auto record = await(bench.shards.at(0), bench.registry->describe_certificate(certificate.id));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, CertificateStatus::inactive);
  EXPECT_EQ(record->customer_version, 2U);
}

TEST_P(IotRegistry, NamedErrors) {
  Bench bench(config());
  const auto device = bench.admit("440100000000001");
  auto& shard = bench.shards.at(0);
  auto& registry = *bench.registry;
  const auto certificate = sample_certificate("e");
  EXPECT_EQ(await(shard, registry.register_certificate(DeviceId("7CFFFFFFFFFF"), certificate)).error().name(),
            "not-found");
  ASSERT_TRUE(await(shard, registry.register_certificate(device.id, certificate)));
  EXPECT_EQ(await(shard, registry.register_certificate(device.id, certificate)).error().name(), "already-exists");
  EXPECT_EQ(await(shard, registry.describe_certificate(sample_certificate("f").id)).error().name(), "not-found");
  const auto set = [&](CertificateStatus s) { return await(shard, registry.update_certificate(certificate.id, s)); };
  EXPECT_EQ(set(CertificateStatus::pending_activation).error().name(), "conflict");
  EXPECT_EQ(set(CertificateStatus::pending_transfer).error().name(), "conflict");
  EXPECT_EQ(await(shard, registry.set_device_config(device.id, "[1]")).error().name(), "invalid-argument");
  bench.registry->close();
  EXPECT_EQ(await(shard, registry.describe_certificate(certificate.id)).error().name(), "cancelled");
}

TEST_P(IotRegistry, ASuccessorRetiresTheOldCertificateAtOnce) {
  std::atomic<int> retired{0};
  auto c = config();
  c.on_retired = [&](const CertificateId&, const DeviceId&) { ++retired; };
  Bench bench(c);
  const auto device = bench.admit("440100000000001");
  auto& shard = bench.shards.at(0);
  ASSERT_TRUE(await(shard, bench.registry->register_certificate(device.id, sample_certificate("1"))));
  ASSERT_TRUE(await(shard, bench.registry->register_certificate(device.id, sample_certificate("2"))));
  EXPECT_EQ(retired, 1);
  EXPECT_EQ(bench.seen(1, sample_certificate("1").id)->status, CertificateStatus::inactive);
  EXPECT_EQ(bench.seen(1, sample_certificate("2").id)->status, CertificateStatus::active);
  EXPECT_EQ(bench.admit("440100000000001").current->id, sample_certificate("2").id);
}

TEST_P(IotRegistry, ARetirementWaitsForItsGraceAlsoOverARestart) {
  auto c = config();
  c.retire_after = 3600s;
  DeviceId device;
  {
    Bench bench(c);
    device = bench.admit("440100000000001").id;
    auto& shard = bench.shards.at(0);
    ASSERT_TRUE(await(shard, bench.registry->register_certificate(device, sample_certificate("1"))));
    ASSERT_TRUE(await(shard, bench.registry->register_certificate(device, sample_certificate("2"))));
    EXPECT_EQ(bench.seen(0, sample_certificate("1").id)->status, CertificateStatus::active);
  }
  ASSERT_EQ(sqlite_shell(c.path, "UPDATE certificates SET retire_at_ms = 1 WHERE retire_at_ms IS NOT NULL;").status, 0);
  std::promise<DeviceId> retired;
  c.on_retired = [&](const CertificateId& id, const DeviceId& owner) {
    EXPECT_EQ(id, sample_certificate("1").id);
    retired.set_value(owner);
  };
  Bench bench(c);
  EXPECT_EQ(retired.get_future().get(), device);
  EXPECT_EQ(bench.seen(0, sample_certificate("1").id)->status, CertificateStatus::inactive);
  EXPECT_EQ(bench.seen(0, sample_certificate("2").id)->status, CertificateStatus::active);
}

TEST_P(IotRegistry, ChangesReachTheReplicasAfterThePropagationDelay) {
  auto c = config();
  c.propagation = 200ms;  // real time; the update may come any time later, never earlier
  Bench bench(c);
  const auto device = bench.admit("440100000000001");
  const auto certificate = sample_certificate("a");
  ASSERT_TRUE(await(bench.shards.at(0), bench.registry->register_certificate(device.id, certificate)));
  const auto start = SteadyClock::now();
  std::promise<SteadyClock::time_point> told;
  bench.shards.at(1).run_and_wait([&] {
    bench.registry->replica(1).on_change = [&](const CertificateId&, const CertificateView&) {
      told.set_value(SteadyClock::now());
    };
  });
  ASSERT_TRUE(
      await(bench.shards.at(0), bench.registry->update_certificate(certificate.id, CertificateStatus::revoked)));
  const auto at_once = bench.seen(1, certificate.id);
  if (SteadyClock::now() - start < 200ms) {
    EXPECT_FALSE(at_once && at_once->status == CertificateStatus::revoked);
  }
  const auto waited = told.get_future().get() - start;
  EXPECT_GE(waited, 200ms);
  EXPECT_EQ(bench.seen(1, certificate.id)->status, CertificateStatus::revoked);
}

TEST_P(IotRegistry, TheOperatorIsUnderThePolicyThatAllowsEverything) {
  Bench bench(config());
  const auto certificate = sample_certificate("0");
  ASSERT_TRUE(bench.registry->register_operator(certificate));
  ASSERT_TRUE(bench.registry->register_operator(certificate)) << "a second start registers it again";
  const auto view = bench.seen(1, certificate.id);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->device_id.empty());
  EXPECT_TRUE(view->thing_name.empty());
  EXPECT_EQ(view->policy->evaluate(PolicyAction::subscribe, "#", {"any", ""}), Policy::Verdict::allow);
}

TEST_P(IotRegistry, NoPrivateKeyOfADeviceIsKept) {
  {
    Bench bench(config());
    const auto device = bench.admit("440100000000001");
    ASSERT_TRUE(await(bench.shards.at(0), bench.registry->register_certificate(device.id, sample_certificate("a"))));
  }
  EXPECT_THAT(sqlite_shell(folder / "state.db", ".dump").output, HasSubstr("PEM of a"));
  EXPECT_THAT(sqlite_shell(folder / "state.db", ".dump").output, Not(HasSubstr("secret of the device")));
}

TEST_P(IotRegistry, TheShellReadsWhileTheLabRuns) {
  Bench bench(config());
  const auto device = bench.admit("440100000000001");
  // Where not durable the answer comes before the commit, but the next answer of a later batch comes after it.
  ASSERT_TRUE(await(bench.shards.at(0), bench.registry->register_certificate(device.id, sample_certificate("a"))));
  EXPECT_EQ(sqlite_shell(folder / "state.db", "SELECT device_id FROM devices;").output, device.id.value() + "\n");
}

TEST_P(IotRegistry, AnUnwritableBatchIsNotLostSilently) {
  { Bench bench(config()); }
  ASSERT_EQ(sqlite_shell(folder / "state.db",
                         "CREATE TRIGGER full BEFORE INSERT ON devices BEGIN SELECT RAISE(ABORT, 'disk is full'); END;")
                .status,
            0);
  Bench bench(config());
  const auto admitted = await(bench.shards.at(0), bench.registry->admit_device(Imsi("440100000000001"), {}, {}));
  if (GetParam()) {
    ASSERT_FALSE(admitted);
    EXPECT_EQ(admitted.error().name(), "database-error");
    EXPECT_THAT(admitted.error().detail, HasSubstr("disk is full"));
    EXPECT_FALSE(bench.registry->failure()) << "the caller was told";
    // What could not be committed is not remembered either.
    EXPECT_EQ(await(bench.shards.at(0), bench.registry->register_certificate(
                                            derive_device_id(bench.shards.at(0).crypto(), {}, Imsi("440100000000001")),
                                            sample_certificate("a")))
                  .error()
                  .name(),
              "not-found");
    ASSERT_EQ(sqlite_shell(folder / "state.db", "DROP TRIGGER full;").status, 0);
    EXPECT_TRUE(bench.admit("440100000000001").first);
  } else {
    EXPECT_TRUE(admitted);
    bench.registry->close();
    ASSERT_TRUE(bench.registry->failure());
    EXPECT_THAT(bench.registry->failure()->detail, HasSubstr("disk is full"));
  }
}

}  // namespace
}  // namespace firstlight::fakes::iot
