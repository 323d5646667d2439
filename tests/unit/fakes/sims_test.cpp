// SIMs derived from addresses: the vectors' check digits were computed apart from this project.
#include "fakes/context/sims.hpp"

#include <gtest/gtest.h>

namespace firstlight::fakes {
namespace {

using boost::asio::ip::make_address;

struct Vector {
  const char* address;
  const char* imsi;
  const char* imei;
  const char* sim_id;
  const char* msisdn;
};

TEST(Sims, DerivedIdentifiersAreExact) {
  for (const auto& v : {
           Vector{"127.0.0.9", "440102130706441", "350021307064412", "8981100021307064418", "81202130706441"},
           Vector{"127.0.0.1", "440102130706433", "350021307064339", "8981100021307064335", "81202130706433"},
           Vector{"0.0.0.0", "440100000000000", "350000000000006", "8981100000000000002", "81200000000000"},
           Vector{"255.255.255.255", "440104294967295", "350042949672958", "8981100042949672954", "81204294967295"},
           Vector{"192.168.7.21", "440103232237333", "350032322373332", "8981100032322373338", "81203232237333"},
       }) {
    SCOPED_TRACE(v.address);
    const auto sim = derive_sim(make_address(v.address));
    EXPECT_EQ(sim.imsi.value(), v.imsi);
    EXPECT_EQ(sim.imei.value(), v.imei);
    EXPECT_EQ(sim.sim_id.value(), v.sim_id);
    EXPECT_EQ(sim.msisdn, v.msisdn);
    EXPECT_FALSE(sim.listed);
    EXPECT_EQ(sim.camera, 0U);
  }
}

TEST(Sims, AMappedAddressIsItsIpv4Address) {
  EXPECT_EQ(derive_sim(make_address("::ffff:127.0.0.9")).imsi.value(), "440102130706441");
  SimTable directory(true);
  directory.list(make_address("127.0.0.9"), derive_sim(make_address("10.0.0.1")));
  EXPECT_TRUE(directory.find(make_address("::ffff:127.0.0.9")).has_value());
}

TEST(Sims, Ipv6AddressesGetSimsOfTheirOwn) {
  const auto a = derive_sim(make_address("2001:db8::1"));
  const auto b = derive_sim(make_address("2001:db8::2"));
  EXPECT_EQ(a.imsi.value().size(), 15U);
  EXPECT_EQ(a.sim_id.value().size(), 19U);
  EXPECT_NE(a.imsi, b.imsi);
  EXPECT_EQ(a.imsi, derive_sim(make_address("2001:db8::1")).imsi);
}

TEST(Sims, AListedSimWinsAndAStrictDirectoryRefusesTheRest) {
  Sim sim = derive_sim(make_address("10.0.0.1"));
  sim.camera = 7;
  for (const bool strict : {false, true}) {
    SimTable directory(strict);
    directory.list(make_address("127.0.0.9"), sim);
    const auto found = directory.find(make_address("127.0.0.9"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->camera, 7U);
    EXPECT_TRUE(found->listed);
    EXPECT_EQ(found->imsi, sim.imsi);
    EXPECT_EQ(directory.find(make_address("127.0.0.10")).has_value(), !strict);
  }
}

TEST(Sims, ACameraIsFoundByItsNumberWithTheSimThatItHasNow) {
  SimTable directory;
  for (std::uint32_t n = 1; n <= 3; ++n) {
    const auto address = make_address("127.0.0." + std::to_string(n));
    auto sim = derive_sim(address);
    sim.camera = n;
    directory.list(address, sim);
  }
  directory.list(make_address("127.0.0.9"), derive_sim(make_address("127.0.0.9")));  // nobody's
  EXPECT_EQ(directory.of_camera(2)->imsi, derive_sim(make_address("127.0.0.2")).imsi);
  directory.swap(2, Imsi("440200010000002"));
  EXPECT_EQ(directory.of_camera(2)->imsi.value(), "440200010000002");
  EXPECT_FALSE(directory.of_camera(0).has_value());
  EXPECT_FALSE(directory.of_camera(4).has_value());
}

}  // namespace
}  // namespace firstlight::fakes
