// Many cameras at one edge, and what rules do to some of them for good: the others must not notice.
#include "tests/unit/fakes/edge_fault_lab.hpp"

namespace firstlight::fakes {
namespace {

using test::EdgeLab;
using test::RawMqtt;
using test::rule_of;

class EdgeStress : public test::EdgeFaultTest {
 protected:
  static constexpr std::uint32_t kCameras = 50, kBroken = 20;
  struct Device {
    test::Identity who;
    std::unique_ptr<RawMqtt> socket;
  };

  /// Four cameras each: checked for an hour, without CONNACK, SUBACK, PUBACK, PINGRESP.
  static std::vector<fault::Rule> rules() {
    std::vector<fault::Rule> all{rule_of("iot.verify", "slow", {{"by", "1h"}})};
    for (const auto* effect : {"connack-withheld", "suback-withheld", "puback-withheld", "pingresp-withheld"})
      all.push_back(rule_of("mqtt", effect));
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].cameras.assign(kCameras + 1, false);
      for (std::size_t n = 1; n <= kBroken; ++n) all[i].cameras[n] = n % all.size() == i;
    }
    return all;
  }
  void connect_all() {
    for (std::uint32_t n = 1; n <= kCameras; ++n) {
      auto& device = devices.emplace_back();
      device.who = lab->camera(EdgeLab::imsi_of(n).value());
      device.socket = std::make_unique<RawMqtt>(*lab, device.who, ("127.0.0." + std::to_string(n)).c_str());
    }
  }
  void send_all(const std::function<std::string(const test::Identity&)>& packet) {
    for (auto& device : devices) device.socket->send(packet(device.who));
  }
  [[nodiscard]] RawMqtt& socket(std::uint32_t n) const { return *devices.at(n - 1).socket; }

  std::vector<Device> devices;
};
INSTANTIATE_TEST_SUITE_P(Versions, EdgeStress, testing::Bool(), test::version_name);

TEST_P(EdgeStress, TwentyBrokenCamerasOfFiftyHoldNobodyUp) {
  lab = std::make_unique<EdgeLab>(nullptr, rules(), kCameras);
  connect_all();
  send_all([](const auto& who) { return test::connect_packet(who.name, v5() ? '\x05' : '\x04', 60); });
  send_all([](const auto& who) { return test::subscribe_packet("cmd/v1/" + who.name + "/req", v5()); });
  send_all([](const auto& who) { return test::publish_packet("dt/v1/" + who.name + "/status", "on", v5()); });
  send_all([](const auto&) { return test::kPingreq; });
  for (std::uint32_t n = kBroken + 1; n <= kCameras; ++n) {
    SCOPED_TRACE("camera " + std::to_string(n));
    auto& client = socket(n);
    EXPECT_EQ(type(packet(client)), kConnack);
    // The edge answers PINGREQ itself, so that answer may come before those of Mosquitto; these are in order.
    std::vector<int> answers;
    for (int i = 0; i < 3; ++i) answers.push_back(type(packet(client)));
    std::erase(answers, kPong);
    EXPECT_EQ(answers, (std::vector{kSuback, kPuback}));
  }
  EXPECT_TRUE(test::eventually([&] { return lab->firings() == kBroken; })) << lab->firings() << " firings";
  EXPECT_TRUE(lab->lab.events<journal::MqttDisconnected>().empty());
  EXPECT_TRUE(lab->lab.events<journal::MqttRefused>().empty());
}

}  // namespace
}  // namespace firstlight::fakes
