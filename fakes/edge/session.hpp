// One connection of a device: TLS, CONNECT, its own connection to Mosquitto, and the bytes between them. Lives on one
// shard; kept alive by its coroutines, and found by the shard's maps while it lives.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/net/acceptor.hpp"
#include "base/net/tls_stream.hpp"
#include "fakes/edge/core.hpp"
#include "fakes/edge/faults.hpp"
#include "fakes/edge/relay.hpp"

namespace firstlight::fakes::edge {

// Mosquitto is ours; devices cannot send it more than 146 KB.
inline constexpr std::size_t kLargestFromBroker = 1U << 20;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(CorePtr core, EdgeShard& shard, boost::asio::ip::address address, std::unique_ptr<Admission> admission);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The connection's whole life.
  boost::asio::awaitable<void> run();

  /// From the TLS verification callback: the certificate's fate by the replica. Remembers it for the modes that refuse
  /// later.
  std::optional<Errc> judge(X509* certificate);

  /// Ends the session at once as far as Mosquitto and the journal are concerned; the device is told afterwards. From
  /// any handler on the shard; the first reason counts.
  void end(End why);

  /// This session was made the holder of its client id, and the one before has left Mosquitto.
  void claimed();

  /// A rule says that somebody else connects with this session's client id.
  void lose_client_id(fault::Injection injection);
  [[nodiscard]] std::uint32_t camera() const { return camera_; }

 private:
  struct Flow {
    bool busy = false;  // this direction has a writer
  };
  enum class Next { go_on, finished };

  boost::asio::awaitable<bool> handshake();
  boost::asio::awaitable<std::optional<wire::mqtt::Connect>> receive_connect();
  boost::asio::awaitable<std::optional<Access>> admit(wire::mqtt::Connect& connect);
  boost::asio::awaitable<bool> claim_client_id(const std::string& client_id);
  boost::asio::awaitable<bool> enter_gate();
  boost::asio::awaitable<bool> open_upstream(const wire::mqtt::Connect& connect, Access access);
  boost::asio::awaitable<result<wire::mqtt::Connack>> ask_broker(const wire::mqtt::Connect& connect);
  boost::asio::awaitable<result<void>> connect_broker();
  boost::asio::awaitable<void> relay_device();
  boost::asio::awaitable<void> relay_broker();
  static boost::asio::awaitable<void> relay_broker_of(std::shared_ptr<Session> self);
  boost::asio::awaitable<void> flush_device();
  boost::asio::awaitable<void> flush_broker();
  boost::asio::awaitable<void> drained(const std::string& pending, const Flow& flow);
  boost::asio::awaitable<result<std::size_t>> read_broker();  // into the shard's scratch; 0: closed
  boost::asio::awaitable<result<void>> write_broker(std::string_view bytes);
  /// `told`: called when the device has been told, or is about to be cut off.
  boost::asio::awaitable<void> send_refusal(ConnectRefusal refusal, const wire::mqtt::Connect& connect,
                                            std::function<void()> told = {});
  boost::asio::awaitable<void> say_farewell();
  boost::asio::awaitable<void> linger();
  boost::asio::awaitable<void> pause();  // until wake_ is cancelled

  // Faults (faults_io.cpp).
  void arm_faults();
  boost::asio::awaitable<bool> verify_certificate(
      const wire::mqtt::Connect& connect);  // false: the connection is refused
  boost::asio::awaitable<bool> apply_connect_faults(const wire::mqtt::Connect& connect);  // true: and that was all
  boost::asio::awaitable<void> lose_stored_session(const wire::mqtt::Connect& connect);
  boost::asio::awaitable<result<void>> write_device(std::string_view bytes);
  boost::asio::awaitable<result<void>> write_proving(std::string_view bytes);
  void prove(fault::Injection& injection, std::string detail);
  void note_secrets(const wire::mqtt::Connect& connect);

  Next consume_device(std::string_view bytes);
  Next consume_broker(std::string_view bytes);
  void started(const wire::mqtt::Connect& connect);
  void release_client_id();
  void limit_upstream(SteadyClock::duration limit);  // closes it then
  void refused(Errc error, std::string detail, std::string_view how, std::string_view client_id);
  void arm_keep_alive(SteadyClock::duration after);
  void close_upstream();
  void note(journal::Payload payload);
  enum class Presence : std::uint8_t { connected, disconnected };
  void set_presence(Presence presence, std::string_view reason);

  CorePtr core_;
  EdgeShard& shard_;
  SessionAddress self_;
  boost::asio::ip::address address_;
  std::uint32_t camera_ = 0;
  std::unique_ptr<Admission> admission_;  // until the handshake has ended
  TlsStream stream_;
  boost::asio::local::stream_protocol::socket upstream_;
  boost::asio::steady_timer wake_;  // never expires: the session's coroutines wait until it is cancelled
  boost::asio::steady_timer keep_alive_;
  SteadyClock::duration keep_alive_limit_{};
  SteadyClock::time_point last_packet_;

  std::optional<Errc> verdict_;  // of the certificate, once judged
  CertificateId certificate_id_;
  wire::Validity validity_{};
  bool registered_ = false;  // in by_certificate
  std::string client_id_;    // once claimed, or being claimed
  bool claimed_ = false;
  bool connected_ = false;  // the device has its CONNACK
  bool draining_ = false;   // Mosquitto still has to read the device's DISCONNECT
  std::string device_in_;   // an incomplete frame, or what came before its time
  std::string broker_in_;
  Flow to_device_, to_broker_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<SessionFaults> faults_;  // null: no rule may apply
  bool assigned_id_ = false;               // the edge chose the client id
  std::optional<End> closing_;             // the relay's word, to be carried out once what came before it is written
  std::optional<End> broker_closing_;
  std::optional<End> ended_;
};

}  // namespace firstlight::fakes::edge
