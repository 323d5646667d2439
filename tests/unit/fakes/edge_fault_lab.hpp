// What the tests of the edge's faults share: a camera at a real edge with a real Mosquitto, in both MQTT versions, and
// what comes to it as whole packets.
#pragma once

#include <memory>

#include "tests/unit/fakes/logic_support.hpp"
#include "tests/unit/fakes/raw_mqtt.hpp"

namespace firstlight::test {

class EdgeFaultTest : public testing::TestWithParam<bool> {  // whether MQTT 5
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  void start(std::vector<fault::Rule> rules, const std::function<void(fakes::EdgeConfig&)>& adjust = {}) {
    lab = std::make_unique<EdgeLab>(adjust, std::move(rules));
    camera = lab->camera("440100000000001");
    command = "cmd/v1/" + camera.name + "/req";
    status = "dt/v1/" + camera.name + "/status";
  }
  void break_by(const std::string& effect, const Given& given = {}) { start({rule_of("mqtt", effect, given, kFirst)}); }

  [[nodiscard]] static bool v5() { return GetParam(); }
  [[nodiscard]] std::string connect(bool clean = true) const {
    return connect_packet(camera.name, v5() ? '\x05' : '\x04', 60, clean);
  }
  [[nodiscard]] std::string subscribe() const { return subscribe_packet(command, v5()); }
  [[nodiscard]] std::string publish(const std::string& payload = "on") const {
    return publish_packet(status, payload, v5());
  }
  /// The next packet, whole.
  static std::string packet(RawMqtt& client) {
    auto bytes = client.receive(2);
    if (bytes.size() < 2) return bytes;
    std::size_t length = bytes[1] & 0x7f;
    for (int shift = 7; (bytes.back() & 0x80) != 0; shift += 7) {
      bytes += client.receive(1);
      length |= static_cast<std::size_t>(bytes.back() & 0x7f) << shift;
    }
    return bytes + client.receive(length);
  }
  static int type(const std::string& bytes) { return bytes.empty() ? -1 : static_cast<unsigned char>(bytes[0]) >> 4; }
  static constexpr int kConnack = 2, kPublish = 3, kPuback = 4, kSuback = 9, kPong = 13, kDisconnect = 14;
  /// A DISCONNECT with that reason for MQTT 5; MQTT 3.1.1 has none. Then the end.
  void expect_goodbye(RawMqtt& client, char reason) const {
    EXPECT_EQ(client.end(), "close_notify");
    if (!v5()) {
      EXPECT_EQ(client.rest, "");
      return;
    }
    EXPECT_EQ(client.rest.substr(0, 1), "\xE0");
    EXPECT_EQ(client.rest.substr(2, 1), std::string(1, reason));
  }

  std::unique_ptr<EdgeLab> lab;
  Identity camera;
  std::string command, status;
};

inline std::string version_name(const testing::TestParamInfo<bool>& version) {
  return version.param ? "Mqtt5" : "Mqtt311";
}

/// One text an event, whatever its kind, as the journal's file has them.
template <std::size_t I = 0>
void append_lines(EdgeLab& lab, std::vector<std::string>& lines) {
  if constexpr (I < std::variant_size_v<journal::Payload>) {
    for (const auto& [event, payload] : lab.lab.events<std::variant_alternative_t<I, journal::Payload>>())
      lines.push_back(journal::format_event(event));
    append_lines<I + 1>(lab, lines);
  }
}

}  // namespace firstlight::test
