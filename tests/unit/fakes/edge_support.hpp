// What the tests of the broker's supervisor and of the MQTT edge share: processes of other people's programs, a bounded
// wait for something that another thread does, and a lab with a real Mosquitto behind a real edge.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "fakes/broker/broker.hpp"
#include "fakes/edge/edge.hpp"
#include "tests/unit/fakes/iot_support.hpp"
#include "tests/unit/fakes/test_lab.hpp"

namespace firstlight::test {

using fakes::iot::await;
using fakes::iot::TempFolder;

/// Polls until it is true; false after ten seconds.
inline bool eventually(const std::function<bool()>& is_true) {
  const auto deadline = SteadyClock::now() + std::chrono::seconds(10);
  while (!is_true()) {
    if (SteadyClock::now() > deadline) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

/// A program with its output in a file; killed by pid when it still runs at the end.
class Process {
 public:
  Process(const std::vector<std::string>& arguments, std::string output) : output_(std::move(output)) {
    std::vector<char*> argv;
    for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
    EXPECT_EQ(::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ), 0) << argv[0];
    ::posix_spawn_file_actions_destroy(&actions);
  }
  ~Process() {
    if (status_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  /// The exit status, 128 + the signal's number, or nothing when it did not end within fifteen seconds.
  std::optional<int> wait() {
    if (status_) return status_;
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    pollfd p{fd, POLLIN, 0};
    const int n = ::poll(&p, 1, 15'000);
    ::close(fd);
    if (n != 1) return {};
    int status = 0;
    ::waitpid(pid_, &status, 0);
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return status_;
  }
  [[nodiscard]] std::string output() const {
    std::ostringstream text;
    text << std::ifstream(output_).rdbuf();
    return text.str();
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  std::string output_;
  pid_t pid_ = 0;
  std::optional<int> status_;
};

inline bool process_is_gone(pid_t pid) {
  // A zombie waits for its new parent only: it runs no more.
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return true;
  const auto after_name = text.rfind(')');
  return after_name == std::string::npos || text.at(after_name + 2) == 'Z';
}

/// A camera's or operator's identity as files that other programs read.
struct Identity {
  CertificateId certificate;
  std::string name;  // device id; for the operator "operator"
  std::string certificate_file, key_file;
};

/// Registry, Mosquitto and edge on a TestLab, taken down in the lab's order.
class EdgeLab {
 public:
  /// With rules, 127.0.0.1 is camera 1 with the IMSI 440100000000001, 127.0.0.2 is camera 2, and so on.
  explicit EdgeLab(const std::function<void(fakes::EdgeConfig&)>& adjust = {}, std::vector<fault::Rule> rules = {},
                   std::uint32_t cameras = 2)
      : faults(7, "test", cameras, std::move(rules)) {
    for (std::uint32_t n = 1; n <= cameras && !faults.rules().empty(); ++n) {
      const auto address = boost::asio::ip::make_address("127.0.0." + std::to_string(n));
      auto sim = fakes::derive_sim(address);
      sim.camera = n;
      sim.imsi = imsi_of(n);
      lab.sims.list(address, std::move(sim));
    }
    fakes::iot::RegistryConfig config;
    config.path = folder / "state.db";
    registry = std::move(fakes::iot::Registry::open(config, lab.shards, lab.clock).value());
    authorities = registry->authorities(crypto).value();
    authority = std::make_unique<fakes::iot::Authority>(crypto, authorities.device);
    operator_identity = operator_certificate();
    fakes::iot::write_file(folder / "ca.pem", lab.authority.certificate_chain);
    fakes::BrokerConfig broker_config;
    broker_config.work_folder = folder / ".";
    broker = std::move(fakes::Broker::start(broker_config, *lab.journal).value());
    boost::asio::post(lab.front, [this] { broker->watch(lab.front, [this](int s) { broker_status = s; }); });
    fakes::EdgeConfig edge_config;
    edge_config.identity = lab.identity;
    edge_config.device_authority_pem = authorities.device.certificate_chain;
    edge_config.broker_socket = broker->socket_path();
    if (adjust) adjust(edge_config);
    context = std::make_unique<fakes::LabContext>(
        fakes::LabContext{lab.front, lab.shards, *lab.journal, lab.lanes, lab.sims, lab.clock, faults});
    edge = std::move(fakes::Edge::start(*context, edge_config, *registry).value());
    port = std::to_string(edge->port());
  }
  ~EdgeLab() { end(); }
  EdgeLab(const EdgeLab&) = delete;
  EdgeLab& operator=(const EdgeLab&) = delete;

  static Imsi imsi_of(std::uint32_t camera) { return Imsi(fmt::format("44010{:010}", camera)); }

  void end() {
    if (!registry) return;
    registry->close();
    lab.end();
    edge.reset();
    broker->stop();
    registry.reset();
  }

  fakes::iot::IssuedCertificate issue(wire::Validity validity) {
    return authority->issue_device(wire::KeyKind::ec_p256, validity);
  }
  wire::Validity valid_now() const {
    return {lab.clock.now() - std::chrono::hours(1), lab.clock.now() + std::chrono::hours(1)};
  }

  Identity camera(const std::string& imsi, const std::optional<wire::Validity>& validity = {}) {
    const auto device = await(lab.shards.at(0), registry->admit_device(Imsi(imsi), {}, {})).value();
    const auto certificate = issue(validity.value_or(valid_now()));
    EXPECT_TRUE(await(lab.shards.at(0), registry->register_certificate(device.id, certificate)));
    return files(certificate, device.id.value());
  }
  Identity files(const fakes::iot::IssuedCertificate& certificate, const std::string& name) {
    const auto base = folder / certificate.id.value().substr(0, 12);
    fakes::iot::write_file(base + ".crt", certificate.certificate_pem);
    fakes::iot::write_file(base + ".key", certificate.private_key_pem);
    return {certificate.id, name, base + ".crt", base + ".key"};
  }
  void set_status(const Identity& who, fakes::iot::CertificateStatus status) {
    EXPECT_TRUE(await(lab.shards.at(0), registry->update_certificate(who.certificate, status)));
  }

  /// mosquitto_pub or mosquitto_sub as `who`, with the client id that its policy wants.
  std::unique_ptr<Process> mosquitto(const std::string& program, const Identity& who,
                                     const std::vector<std::string>& more) {
    std::vector<std::string> arguments{
        program,           "-h",     "localhost",          "-p",    port,        "--cafile",
        folder / "ca.pem", "--cert", who.certificate_file, "--key", who.key_file};
    if (who.name != "operator") arguments.insert(arguments.end(), {"-i", who.name});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<Process>(arguments, folder / ("out" + std::to_string(++outputs_)));
  }
  /// `openssl s_client` that stays until the server ends the connection.
  std::string s_client(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"timeout",           "10",      "openssl",         "s_client", "-connect",
                                       "127.0.0.1:" + port, "-CAfile", folder / "ca.pem", "-ign_eof"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Process process(arguments, folder / ("out" + std::to_string(++outputs_)));
    process.wait();
    return process.output();
  }

  template <class Payload>
  bool journaled(const std::function<bool(const Payload&)>& fits) {
    return eventually([&] {
      for (const auto& [event, payload] : lab.events<Payload>())
        if (fits(payload)) return true;
      return false;
    });
  }
  bool subscribed(const std::string& filter, std::size_t times = 1) {
    return eventually([&] {
      std::size_t n = 0;
      for (const auto& [event, s] : lab.events<journal::MqttSubscribed>())
        if (std::find(s.filters.begin(), s.filters.end(), filter) != s.filters.end()) ++n;
      return n >= times;
    });
  }
  /// Whether the rule fired, at that attempt.
  bool fired(const std::string& rule_id, std::uint32_t attempt = 1) {
    return journaled<journal::FaultFired>([&](const auto& f) { return f.rule == rule_id && f.attempt == attempt; });
  }
  std::size_t firings() { return lab.events<journal::FaultFired>().size(); }
  bool disconnected(const std::string& client_id, const std::string& reason) {
    return journaled<journal::MqttDisconnected>(
        [&](const auto& d) { return d.client_id == client_id && d.reason == reason; });
  }

  fault::Engine faults;
  TempFolder folder;
  TestLab lab;
  CryptoContext crypto;
  std::unique_ptr<fakes::iot::Registry> registry;
  fakes::iot::Authorities authorities;
  std::unique_ptr<fakes::iot::Authority> authority;
  Identity operator_identity;
  std::unique_ptr<fakes::Broker> broker;
  std::atomic<std::optional<int>> broker_status;
  std::unique_ptr<fakes::LabContext> context;
  std::unique_ptr<fakes::Edge> edge;
  std::string port;

 private:
  Identity operator_certificate() {
    const auto certificate = issue(valid_now());
    EXPECT_TRUE(registry->register_operator(certificate));
    return files(certificate, "operator");
  }
  int outputs_ = 0;
};

}  // namespace firstlight::test
