// The whole lab in one object: authorities, registry, Endorse, key store, config API, control plane, MQTT edge and
// Mosquitto, wired and listening. Owned by the runner and by `firstlight lab`; start and destroy it on the main thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/net/port_state.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "fault/engine.hpp"
#include "harness/lab/refusals.hpp"
#include "harness/plan/plan.hpp"
#include "journal/journal.hpp"
#include "language/scenario.hpp"

namespace firstlight::harness {

struct LabPorts {  // 0: ephemeral
  unsigned short endorse = 0;
  unsigned short keys = 0;
  unsigned short config = 0;
  unsigned short iot = 0;
  unsigned short mqtt = 0;
};

struct LabConfig {
  std::string address = "127.0.0.1";     // all services listen here
  std::vector<std::string> extra_names;  // more DNS names or addresses for the servers' certificates
  std::string advertise;                 // host in URLs and in the configuration's MQTT endpoint; empty: `address`
  LabPorts ports;
  unsigned shards = 1;
  std::string state_file;  // empty: a registry that ends with the lab
  language::Lab settings;  // the scenario's `lab:`
  /// The scenario's, as planned; an address has the SIM that is derived from it, and a service listens at each
  /// destination, too.
  std::vector<PlannedCamera> cameras;
  const fault::Engine* faults = nullptr;  // null: nothing breaks. Outlives the lab.
  /// Called for connections from this machine that a closed port refused, on the lab's front thread; null: nobody asks.
  Refusals::Sink on_refused;
  Secret endorse_key;               // Endorse's private key, RSA as PEM; empty: one is made
  std::vector<Secret> device_keys;  // RSA, PEM, for the first devices that need one; more are made
};

/// Where everything is, once it accepts.
struct LabEndpoints {
  std::string endorse_url;
  std::string keys_url;    // a key is at keys_url + "/" + kid
  std::string config_url;  // the full URL of the configuration
  std::string iot_url;     // the AWS IoT control plane
  std::string mqtt_host;
  unsigned short mqtt_port = 0;
  std::string ca_pem;
  std::string ca_file;  // the same, as a file
  std::string operator_cert_file;
  std::string operator_key_file;
  std::string state_dir;
  std::string registry_file;
  pid_t broker_pid = 0;
};

class RunningLab {
 public:
  /// Errors: address-in-use, address-unusable, broker-missing, broker-failed, database-*, io-error, invalid-argument
  /// (the configuration template).
  static result<std::unique_ptr<RunningLab>> start(const LabConfig& config, journal::Journal& journal);
  ~RunningLab();
  RunningLab(const RunningLab&) = delete;
  RunningLab& operator=(const RunningLab&) = delete;

  [[nodiscard]] const LabEndpoints& endpoints() const;
  [[nodiscard]] const WallClock& clock() const;
  /// What a scheduled rule says, at a point of the lab: Mosquitto, the edge's sessions, a certificate. From any thread;
  /// `camera` 0 means none. A rule at a point where the lab can do nothing is the lab's trouble.
  void carry_out(const fault::Rule& rule, std::uint32_t camera);
  /// The ports are closed, or open again, when it returns; one that does not open is the lab's
  /// trouble. From any thread but the lab's own, before stop().
  void set_ports(const std::vector<ListenerId>& listeners, PortState state);
  [[nodiscard]] RefusalWitness refusal_witness() const;
  /// A sentence when the kernel had more refused connections to tell than it could keep, so that firings may be
  /// missing; empty: it told of all.
  [[nodiscard]] std::string lost_refusals() const;
  /// The camera's address has another SIM from now on.
  void swap_sim(std::uint32_t camera, const Imsi& imsi);

  /// Something of the lab itself broke since it started (Mosquitto ended, the registry cannot write, a port
  /// stays closed); empty: nothing.
  [[nodiscard]] std::string trouble() const;
  /// Ends the sessions, the servers and Mosquitto, and closes the registry. An error is what was lost (the registry's
  /// last batch).
  result<void> stop();

 private:
  struct Impl;
  explicit RunningLab(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firstlight::harness
