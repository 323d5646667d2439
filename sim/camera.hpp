// The simulated camera as a state machine without sockets, clock or randomness of its own: an input in, actions out.
// The driver (sim/driver_io.hpp) owns one and performs its actions; tests and replays feed it directly.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/event.hpp"
#include "sim/action.hpp"
#include "sim/camera_config.hpp"
#include "sim/defects.hpp"
#include "sim/device_config.hpp"
#include "sim/input.hpp"
#include "sim/policy.hpp"
#include "sim/verifier.hpp"

namespace firstlight::sim {

class Camera {
 public:
  enum class Phase : std::uint8_t { off, in_stage, loading, waiting, online, rebooting, gave_up };

  /// `verifier` outlives the camera. `config` has gone through with_defects().
  Camera(std::shared_ptr<const CameraConfig> config, CameraIdentity who, Verifier& verifier);

  /// What has to be done now, in order. A completion that nobody waits for gives no actions.
  [[nodiscard]] std::vector<Action> step(const Input& input);

  [[nodiscard]] const CameraIdentity& identity() const { return who_; }
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] journal::Stage stage() const { return stage_; }  // the last one that was started
  [[nodiscard]] std::uint32_t attempt() const { return attempts_[index(stage_)]; }
  [[nodiscard]] std::uint32_t failures() const { return failures_[index(counted_as(stage_))]; }
  [[nodiscard]] std::optional<Errc> last_error() const { return last_error_; }
  /// It runs, and its clock will not be set any more in this boot, but by an attach after a detach.
  [[nodiscard]] bool keeps_its_clock() const {
    return phase_ != Phase::off && phase_ != Phase::gave_up &&
           (clock_set_ || config_->clock.sync == ClockModel::Sync::none);
  }

 private:
  using Stage = journal::Stage;
  // What is needed only between the token and the first CONNACK; freed when the camera is online.
  struct Provisioning {
    Secret token;
    wire::ParsedToken parsed;
  };
  // What an open session needs.
  struct Session {
    std::string device_id;
    Topics topics;
    std::uint32_t status_interval_seconds = 0;
  };
  enum class Fresh : std::uint8_t { provisioned, stored };

  static constexpr std::size_t index(Stage s) { return static_cast<std::size_t>(s); }
  static constexpr bool is_mqtt(Stage s) { return counted_as(s) == Stage::mqtt_connect; }

  void on(const PowerOn& e);
  void on(const PowerCut& e);
  void on(const SimChanged& e);
  void on(const ClockMoved& e);
  void on(const Detached& e);
  void on(const Stop& e);
  void on(const TimerFired& e);
  void on(const AttachDone& e);
  void on(const ClockSynced& e);
  void on(const HttpsDone& e);
  void on(const StoreLoaded& e);
  void on(const StoreSaved& e);
  void on(const MqttOpened& e);
  void on(const MqttSubscribed& e);
  void on(const MqttPublished& e);
  void on(const MqttMessage& e);
  void on(const MqttLost& e);

  // camera.cpp: life, stages, failures; camera_device.cpp: attach and clock
  void boot(std::chrono::nanoseconds scheduled);
  void forget();
  void reboot();
  void switch_off(const Error& why, std::string_view offline_reason);
  void set_clock();
  void resume(Stage stage);
  void start_attach();
  void begin(Stage stage);
  void succeed(const Timing& timing = {});
  void report_failure(const Error& error, const Timing& timing);
  void fail(Failure failure, const Timing& timing = {}, std::optional<Micros> at_least = {});
  void react(Row row, const Failure& failure, std::optional<Micros> at_least);
  [[nodiscard]] std::uint32_t& failures_of(Stage stage) { return failures_[index(counted_as(stage))]; }
  void retry(const Error& why, Stage next, WaitKind kind = WaitKind::backoff, std::optional<Micros> at_least = {});
  void close_session();
  void retry_mqtt(const Error& why);
  void mqtt_refused(const Error& why);
  void give_up(const Error& why);

  // camera_provision.cpp: from the store or the token to a configuration
  void load_or_provision();
  void get(Service service, std::string url, Secret bearer = {}, std::string key_id = {});
  void start_endorse();
  void start_verify();
  void start_config();
  void endorsed(const HttpsDone& e);
  void key_fetched(const HttpsDone& e);
  void configured(const HttpsDone& e);
  std::optional<Failure> http_failure(const HttpsDone& e) const;
  bool follow(const HttpsDone& e);
  [[nodiscard]] result<void> check_token(std::string_view key_pem) const;
  void save();
  void discard(const Error& why);

  // camera_session.cpp: MQTT, status, commands
  void connect();
  void start_subscribe();
  void start_status();
  void publish_status(ActionId id);
  void go_online();
  void answer_command(const MqttMessage& message);
  void session_ended(const Error& why, Stage next);
  [[nodiscard]] std::string status_payload(std::string_view device_id, std::string_view state) const;

  [[nodiscard]] const DefectSet& defects() const { return config_->defects; }
  [[nodiscard]] WallTime clock() const;
  ActionId next_id() { return ++last_id_; }
  ActionId await() { return pending_ = next_id(); }
  void act(Action action) { out_.push_back(std::move(action)); }
  void log(std::vector<std::string> lines);
  void emit(journal::Payload payload) { act(Emit{std::move(payload)}); }
  [[nodiscard]] bool done_is_awaited(ActionId id);

  std::shared_ptr<const CameraConfig> config_;
  CameraIdentity who_;
  Verifier& verifier_;

  Now now_;
  std::chrono::nanoseconds booted_at_{};
  std::chrono::nanoseconds stage_started_{};
  std::chrono::nanoseconds online_since_{};
  ActionId last_id_ = 0;
  ActionId pending_ = 0;  // the one completion that the current phase waits for
  ActionId timer_ = 0;
  ActionId session_ = 0;      // the open MQTT session, named by its MqttConnect
  ActionId final_reply_ = 0;  // rebooting: the answer whose PUBACK is awaited
  std::uint32_t boot_ = 0;
  std::uint32_t sessions_lost_ = 0;
  std::uint16_t unauthorized_ = 0;  // 401s in a row
  std::uint16_t refusals_ = 0;      // MQTT refusals in a row
  std::uint8_t redirects_ = 0;      // followed in a row; a defect
  std::array<std::uint32_t, journal::kStageCount> attempts_{};
  std::array<std::uint32_t, journal::kStageCount> failures_{};  // in a row; see counted_as()
  Phase phase_ = Phase::off;
  Stage stage_ = Stage::attach;
  Stage next_ = Stage::attach;  // waiting: where the retry begins
  Fresh fresh_ = Fresh::provisioned;
  bool was_online_ = false;  // this session said so
  bool clock_set_ = false;
  Micros skew_{0};       // of the clock, until the power goes
  Micros jumped_{0};     // of the clock, until it is set
  bool stored_ = false;  // the store holds the current configuration
  std::optional<Errc> last_error_;
  wire::Validity validity_;  // of device_'s certificate
  std::unique_ptr<Provisioning> provisioning_;
  std::unique_ptr<HttpsGet> asked_;       // the request that a redirect may follow; a defect
  std::unique_ptr<Secret> leaked_token_;  // what its status will tell; a defect
  std::unique_ptr<DeviceConfig> device_;
  std::unique_ptr<Session> open_;
  std::vector<Action> out_;
};

[[nodiscard]] std::string_view phase_name(Camera::Phase phase);

}  // namespace firstlight::sim
