// What the rules of the point `mqtt` do to one session: they change what the device gets and say when the session ends,
// without socket or clock. Owned by the edge's session, which has none where no rule may apply.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakes/edge/relay.hpp"
#include "fault/engine.hpp"
#include "fault/plans/mqtt.hpp"
#include "wire/mqtt.hpp"

namespace firstlight::fakes::edge {

class SessionFaults {
 public:
  /// Journals that a rule broke something.
  using Proof = std::function<void(fault::Injection&, std::string detail)>;
  /// `injections` regardless of time: each effect asks the engine when it would strike.
  SessionFaults(const fault::Engine& engine, const fault::Injections& injections, Proof proof);
  /// As the CONNECT says.
  void set_version(wire::mqtt::Version version) { version_ = version; }

  /// The CONNECT is to be left unanswered; proven by that.
  [[nodiscard]] bool swallows_connect();
  /// The refusal that the CONNECT gets; proven by the caller, once it is written.
  struct Connack {
    fault::Injection* injection;
    std::uint8_t code;
  };
  [[nodiscard]] std::optional<Connack> refuses_connect();
  /// The session that the broker keeps is to be thrown away; proven by the caller, once it is. Null: no rule says so.
  [[nodiscard]] fault::Injection* loses_session();

  /// After the relay took a packet of the device, or of the broker: `to_device` from `added` on is what it answered.
  /// Withheld packets are removed, others are added; says when the session is over.
  [[nodiscard]] std::optional<End> after_device(const wire::mqtt::Frame& frame, std::string& to_device,
                                                std::size_t added);
  [[nodiscard]] std::optional<End> after_broker(std::string& to_device, std::size_t added);

  /// Added packets that stand in what is about to be written: proven once its first `until` bytes are.
  struct Added {
    std::size_t until = 0;
    std::vector<fault::Injection*> injections;
  };
  [[nodiscard]] Added take_added() { return std::exchange(added_, {}); }
  void prove(const Added& added);
  void prove(fault::Injection& injection, std::string detail) const { proof_(injection, std::move(detail)); }

 private:
  struct Armed {
    fault::Injection injection;
    fault::MqttPlan plan;
    bool spent = false;
  };
  template <class Wanted>
  [[nodiscard]] Armed* find(Wanted wanted);
  [[nodiscard]] Armed* withholding(wire::mqtt::PacketType type);
  void remember_filter(const wire::mqtt::Frame& frame);
  void refuse_filters(const wire::mqtt::Frame& frame, char* packet);
  [[nodiscard]] std::optional<End> after_suback(std::string& to_device, std::size_t at);
  void insert(std::string& to_device, std::size_t at, const std::string& bytes, fault::Injection& injection);

  const fault::Engine& engine_;
  std::vector<Armed> armed_;
  Proof proof_;
  std::int64_t packets_ = 0;  // of the device, after its CONNECT
  std::string topic_;         // one that the device subscribed to
  wire::mqtt::Version version_ = wire::mqtt::Version::v3_1_1;
  Added added_;
};

/// The end of a session whose client id somebody else connects with.
[[nodiscard]] End taken_over(std::optional<fault::Injection> injection);

}  // namespace firstlight::fakes::edge
