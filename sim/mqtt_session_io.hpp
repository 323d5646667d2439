// One MQTT connection of a camera, from TCP to its end: CONNECT, acknowledgements matched to actions, keep-alive, and
// incoming messages. Owned by the camera's driver, which it tells of events through a function.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/driver_io.hpp"

namespace firstlight::sim {

class MqttSession : public std::enable_shared_from_this<MqttSession> {
 public:
  using Sink = std::function<void(Event)>;
  MqttSession(std::shared_ptr<ShardShare> share, Path path, Sink sink);

  void open(MqttConnect action);
  void subscribe(const MqttSubscribe& action);
  void publish(const MqttPublish& action);
  /// DISCONNECT, then close. The sink hears nothing more.
  void leave();
  /// Closes at once, without a word. The sink hears nothing more.
  void drop();
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  enum class Reply : std::uint8_t { suback, puback };
  struct Awaited {
    std::uint16_t packet_id;
    ActionId action;
    Reply reply;
    SteadyClock::time_point deadline;
  };

  static boost::asio::awaitable<void> run(std::shared_ptr<MqttSession> self, std::unique_ptr<MqttConnect> action);
  static boost::asio::awaitable<void> flush(std::shared_ptr<MqttSession> self);
  boost::asio::awaitable<result<wire::mqtt::Connack>> connect(MqttConnect& action, Timing& timing, bool& tls_done);
  boost::asio::awaitable<result<wire::mqtt::Connack>> await_connack();
  boost::asio::awaitable<Error> read_until_end();
  result<void> take_packets();
  result<void> handle(const wire::mqtt::Packet& packet);
  void send(const wire::mqtt::Packet& packet);
  std::uint16_t next_packet_id();
  void tick();
  void arm();
  void end(const Error& why);
  void close_now();

  std::shared_ptr<ShardShare> share_;
  Path path_;
  Sink sink_;  // empty once nobody wants to hear
  StreamPtr stream_;
  std::shared_ptr<Opening> opening_;
  boost::asio::steady_timer timer_;
  wire::mqtt::Version version_ = wire::mqtt::Version::v3_1_1;
  ActionId id_ = 0;
  std::uint16_t last_packet_id_ = 0;
  bool open_ = false;
  bool writing_ = false;
  bool leaving_ = false;
  bool closed_ = false;
  std::chrono::seconds keep_alive_{0};
  SteadyClock::time_point last_sent_;
  std::optional<SteadyClock::time_point> pingresp_deadline_;
  std::vector<Awaited> awaited_;
  std::string in_;
  std::string out_;
};

}  // namespace firstlight::sim
