#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "fakes/broker/broker.hpp"
#include "fakes/config_api/server.hpp"
#include "fakes/edge/edge.hpp"
#include "fakes/endorse/server.hpp"
#include "fakes/iot/control_plane.hpp"
#include "fakes/iot/faults.hpp"
#include "fakes/iot/registry.hpp"
#include "fakes/pki/server_identities.hpp"
#include "harness/lab/lab.hpp"
#include "harness/lab/workspace.hpp"

namespace firstlight::harness {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

fakes::SimTable make_sims(const LabConfig& config) {
  fakes::SimTable sims(config.settings.strict_sims);
  for (const auto& camera : config.cameras) {
    auto sim = fakes::derive_sim(camera.source);
    sim.camera = camera.id.value();
    sims.list(camera.source, std::move(sim));
  }
  return sims;
}

fakes::edge::Refusal refusal(language::Refusal r) {
  switch (r) {
    case language::Refusal::tls_alert:
      return fakes::edge::Refusal::tls_alert;
    case language::Refusal::close_after_handshake:
      return fakes::edge::Refusal::close_after_handshake;
    case language::Refusal::connack:
      return fakes::edge::Refusal::connack;
  }
  return fakes::edge::Refusal::tls_alert;
}

}  // namespace

struct RunningLab::Impl {
  Impl(const LabConfig& c, journal::Journal& j)
      : config(c), journal(j), sims(make_sims(c)), shards(c.shards, "fl-lab"), work(front.get_executor()) {
    clock.set_offset(std::chrono::duration_cast<std::chrono::milliseconds>(c.settings.clock_offset));
    for (unsigned i = 0; i < c.shards; ++i) lanes.push_back(journal.lane());
  }
  ~Impl() { (void)stop(); }

  result<void> start();
  result<void> start_storage();
  result<void> start_broker();
  result<void> start_servers();
  result<void> write_credentials();
  void name_endpoints();
  [[nodiscard]] fakes::Listeners& listeners(fault::Point link);
  result<void> open_own_listeners();
  void watch_refusals();
  void set_ports(const std::vector<ListenerId>& listeners, PortState state);
  result<void> stop();
  void trouble_is(std::string what) {
    const std::lock_guard lock(trouble_mutex);
    if (trouble.empty()) trouble = std::move(what);
  }

  LabConfig config;
  journal::Journal& journal;
  WallClock clock;
  fakes::SimTable sims;
  std::unique_ptr<Workspace> workspace;
  ShardSet shards;
  std::vector<journal::Lane> lanes;
  asio::io_context front{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::thread front_thread;
  std::unique_ptr<fakes::LabContext> context;
  std::unique_ptr<fakes::iot::Registry> registry;
  fakes::iot::Authorities authorities;
  std::unique_ptr<fakes::ServerIdentities> identities;
  wire::IdentityPem server_identity;
  std::future<result<fakes::endorse::SigningKey>> signing_key;  // waits for its thread when it is destroyed
  std::unique_ptr<fakes::Broker> broker;
  std::unique_ptr<fakes::Edge> edge;
  std::unique_ptr<fakes::endorse::EndorseServers> endorse;
  std::unique_ptr<fakes::iot::ControlPlaneServer> control_plane;
  std::unique_ptr<fakes::config_api::ConfigApiServer> config_api;
  LabEndpoints endpoints;
  std::unique_ptr<Refusals> refusals;  // null: nobody asked
  std::mutex trouble_mutex;
  std::string trouble;
  bool stopped = false;
};

result<void> RunningLab::Impl::start() {
  auto made = Workspace::create();
  if (!made) return made.error();
  workspace = std::move(*made);
  // An RSA key takes longer than all the rest: it is made while Mosquitto starts.
  signing_key = std::async(std::launch::async, [given = config.endorse_key]() -> result<fakes::endorse::SigningKey> {
    const CryptoContext crypto;
    if (!given.empty()) return fakes::endorse::load_signing_key(crypto, given);
    return fakes::endorse::make_signing_key(crypto);
  });
  shards.start();
  context = std::make_unique<fakes::LabContext>(
      fakes::LabContext{front, shards, journal, lanes, sims, clock,
                        config.faults ? *config.faults : fakes::LabContext::no_faults(), nullptr});
  for (const auto step : {&Impl::start_storage, &Impl::start_broker, &Impl::write_credentials, &Impl::start_servers}) {
    auto done = (this->*step)();
    if (!done) return done;
  }
  name_endpoints();
  front_thread = std::thread([this] {
    pthread_setname_np(pthread_self(), "fl-front");
    front.run();
  });
  return result<void>();
}

result<void> RunningLab::Impl::start_storage() {
  const bool keep = !config.state_file.empty();
  fakes::iot::RegistryConfig rc;
  rc.path = keep ? config.state_file : workspace->file("registry.db");
  rc.durable = keep;
  rc.on_retired = [lane = journal.lane()](const CertificateId& id, const DeviceId&) mutable {
    lane.append(journal::Source::iot, 0, "", journal::CertificateStatusChanged{id.value(), "INACTIVE"});
  };
  endpoints.registry_file = rc.path;
  auto opened = fakes::iot::Registry::open(rc, shards, clock);
  if (!opened) return opened.error();
  registry = std::move(*opened);
  const CryptoContext crypto;
  auto found = registry->authorities(crypto);
  if (!found) return found.error();
  authorities = std::move(*found);
  std::vector<std::string> dns{"localhost", "endorse.soracom.io", "s3-ap-northeast-1.amazonaws.com",
                               "iot.ap-northeast-1.amazonaws.com", "*.iot.ap-northeast-1.amazonaws.com"};
  std::vector<std::string> ips{"127.0.0.1", "::1"};
  auto extra = config.extra_names;
  extra.push_back(config.address);
  extra.push_back(config.advertise);
  for (const auto& name : extra) {
    if (name.empty()) continue;
    boost::system::error_code no_ip;
    (void)asio::ip::make_address(name, no_ip);
    auto& list = no_ip ? dns : ips;
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
  }
  identities = std::make_unique<fakes::ServerIdentities>(authorities.server, std::move(dns), std::move(ips), clock);
  server_identity = identities->proper(crypto);
  context->identities = identities.get();
  return result<void>();
}

result<void> RunningLab::Impl::start_broker() {
  fakes::BrokerConfig bc;
  bc.work_folder = workspace->path();
  auto started = fakes::Broker::start(bc, journal);
  if (!started) return started.error();
  broker = std::move(*started);
  endpoints.broker_pid = broker->pid();
  broker->watch(front, [this](int status) {
    trouble_is(fmt::format("Mosquitto ended by itself (wait status {:#x}); its log was in the lab's folder", status));
  });
  return result<void>();
}

result<void> RunningLab::Impl::write_credentials() {
  const CryptoContext crypto;
  fakes::iot::Authority authority(crypto, authorities.device);
  const auto now = clock.now();
  const auto from = std::chrono::floor<std::chrono::seconds>(now) - 60s;
  const auto issued = authority.issue_device(wire::KeyKind::ec_p256, {from, from + std::chrono::days(365)});
  auto registered = registry->register_operator(issued);
  if (!registered) return registered;
  endpoints.ca_pem = authorities.server.certificate_chain;
  endpoints.ca_file = workspace->file("ca.pem");
  endpoints.operator_cert_file = workspace->file("operator.pem");
  endpoints.operator_key_file = workspace->file("operator.key");
  endpoints.state_dir = workspace->path();
  for (const auto& [path, text, mode] :
       {std::tuple{endpoints.ca_file, endpoints.ca_pem, mode_t{0644}},
        std::tuple{endpoints.operator_cert_file, issued.certificate_pem, mode_t{0644}},
        std::tuple{endpoints.operator_key_file, issued.private_key_pem, mode_t{0600}}}) {
    auto written = Workspace::write(path, text, mode);
    if (!written) return written;
  }
  return result<void>();
}

result<void> RunningLab::Impl::start_servers() {
  const auto host = config.advertise.empty() ? config.address : config.advertise;

  fakes::EdgeConfig ec;
  ec.address = config.address;
  ec.port = config.ports.mqtt;
  ec.identity = server_identity;
  ec.device_authority_pem = authorities.device.certificate_chain;
  ec.broker_socket = broker->socket_path();
  ec.refusal = refusal(config.settings.refusal);
  ec.on_expiry = config.settings.on_expiry == language::OnExpiry::disconnect ? fakes::edge::OnExpiry::disconnect
                                                                             : fakes::edge::OnExpiry::keep;
  auto edge_started = fakes::Edge::start(*context, std::move(ec), *registry);
  if (!edge_started) return edge_started.error();
  edge = std::move(*edge_started);

  fakes::endorse::EndorseConfig nc;
  nc.settings.token_timeout = config.settings.token_lifetime;
  nc.address = config.address;
  nc.endorse_port = config.ports.endorse;
  nc.keys_port = config.ports.keys;
  nc.identity = server_identity;
  auto key = signing_key.get();
  if (!key) return key.error();
  nc.signing_keys.push_back(std::move(*key));
  auto endorse_started = fakes::endorse::EndorseServers::start(*context, std::move(nc));
  if (!endorse_started) return endorse_started.error();
  endorse = std::move(*endorse_started);

  fakes::iot::ControlPlaneConfig pc;
  pc.address = config.address;
  pc.port = config.ports.iot;
  pc.identity = server_identity;
  auto plane_started = fakes::iot::ControlPlaneServer::start(*context, std::move(pc), *registry);
  if (!plane_started) return plane_started.error();
  control_plane = std::move(*plane_started);

  fakes::config_api::ConfigApiConfig cc;
  cc.address = config.address;
  cc.port = config.ports.config;
  cc.identity = server_identity;
  cc.certificate_lifetime = config.settings.certificate_lifetime;
  cc.key_kind = config.settings.certificate_key == language::DeviceKeyKind::rsa_2048 ? wire::KeyKind::rsa_2048
                                                                                     : wire::KeyKind::ec_p256;
  // As many as there are cameras, less those that were made before: sixteen cost a second or two of the machine.
  if (!config.cameras.empty()) cc.rsa_keys_ready = std::min(cc.rsa_keys_ready, config.cameras.size());
  cc.rsa_keys_ready -= std::min(cc.rsa_keys_ready - 1, config.device_keys.size());
  cc.rsa_keys = config.device_keys;
  cc.ca_certificate_pem = endpoints.ca_pem;
  cc.mqtt_host = host;
  cc.mqtt_port = edge->port();
  cc.config_template = config.settings.config_template.json;
  auto api_started = fakes::config_api::ConfigApiServer::start(*context, std::move(cc), endorse->keys(), *registry,
                                                               authorities.device);
  if (!api_started) {
    auto error = api_started.error();
    if (error.code == Errc::invalid_argument) error.detail = "the configuration template: " + error.detail;
    return error;
  }
  config_api = std::move(*api_started);
  auto opened = open_own_listeners();
  if (opened) watch_refusals();
  return opened;
}

fakes::Listeners& RunningLab::Impl::listeners(fault::Point link) {
  switch (link) {
    case fault::Point::link_endorse:
      return endorse->endorse_server().listeners();
    case fault::Point::link_keys:
      return endorse->keys_server().listeners();
    case fault::Point::link_config_api:
      return config_api->server().listeners();
    default:
      return edge->listeners();
  }
}

result<void> RunningLab::Impl::open_own_listeners() {
  for (const auto& camera : config.cameras) {
    if (!camera.destination) continue;
    for (const auto link : fault::kLinks) {
      auto added = listeners(link).add(camera.id.value(), camera.destination->to_string());
      if (!added) return added;
    }
  }
  return result<void>();
}

void RunningLab::Impl::watch_refusals() {
  if (!config.on_refused) return;
  Refusals::Places places{config.address, {}, config.cameras};
  for (const auto link : fault::kLinks) places.ports.emplace(listeners(link).port(), link);
  refusals = std::make_unique<Refusals>(front, places, sims, config.on_refused);
}

void RunningLab::Impl::set_ports(const std::vector<ListenerId>& which, PortState state) {
  for (const auto& listener : which) {
    const auto done = listeners(listener.link).set_port(listener.camera, state);
    if (done) continue;
    const auto whose = listener.camera == 0 ? "" : fmt::format(" of camera {}", listener.camera);
    trouble_is(fmt::format("the port of {}{} stays {}: {}", fault::point_name(listener.link), whose,
                           state == PortState::closed ? "open" : "closed", done.error().text()));
  }
}

void RunningLab::Impl::name_endpoints() {
  const auto host = config.advertise.empty() ? config.address : config.advertise;
  const auto in_url = host.find(':') == std::string::npos ? host : "[" + host + "]";
  endpoints.endorse_url = fmt::format("https://{}:{}/", in_url, endorse->endorse_port());
  endpoints.keys_url =
      fmt::format("https://{}:{}{}", in_url, endorse->keys_port(), fakes::endorse::EndorseServers::kBucketPath);
  endpoints.config_url = fmt::format("https://{}:{}{}", in_url, config_api->port(), fakes::config_api::kConfigPath);
  endpoints.iot_url = fmt::format("https://{}:{}", in_url, control_plane->port());
  endpoints.mqtt_host = host;
  endpoints.mqtt_port = edge->port();
}

/// The order matters: nobody new, then the connections (their frames die with the shards' io_contexts), then what they
/// used.
result<void> RunningLab::Impl::stop() {
  if (std::exchange(stopped, true)) return result<void>();
  work.reset();
  front.stop();
  if (front_thread.joinable()) front_thread.join();
  if (refusals) refusals->close();
  if (edge) edge->stop_accepting();
  if (endorse) endorse->stop_accepting();
  if (control_plane) control_plane->stop_accepting();
  if (config_api) config_api->stop_accepting();
  if (registry) registry->close();  // its thread posts to the shards' io_contexts, which must still be there
  shards.stop();
  if (broker) broker->stop();
  result<void> lost;
  if (registry)
    if (const auto failure = registry->failure()) lost = *failure;
  config_api.reset();
  control_plane.reset();
  endorse.reset();
  edge.reset();
  broker.reset();
  registry.reset();
  workspace.reset();
  return lost;
}

RunningLab::RunningLab(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunningLab::~RunningLab() = default;

result<std::unique_ptr<RunningLab>> RunningLab::start(const LabConfig& config, journal::Journal& journal) {
  auto impl = std::make_unique<Impl>(config, journal);
  auto started = impl->start();
  if (!started) return started.error();
  return std::unique_ptr<RunningLab>(new RunningLab(std::move(impl)));
}

const LabEndpoints& RunningLab::endpoints() const {
  return impl_->endpoints;
}
void RunningLab::carry_out(const fault::Rule& rule, std::uint32_t camera) {
  switch (rule.points.front()) {
    case fault::Point::broker:
      return impl_->broker->carry_out(rule);
    case fault::Point::mqtt:
      return impl_->edge->carry_out(rule, camera);
    case fault::Point::iot_certificate:
      return fakes::iot::carry_out(*impl_->context, *impl_->registry, rule, camera);
    default:
      return impl_->trouble_is(fmt::format("rule {}: the lab has nothing at {} that could carry out {}", rule.id,
                                           fault::point_name(rule.points.front()), rule.effect->name));
  }
}
RefusalWitness RunningLab::refusal_witness() const {
  return impl_->refusals ? impl_->refusals->witness() : RefusalWitness::nobody;
}
std::string RunningLab::lost_refusals() const {
  return impl_->refusals ? impl_->refusals->lost() : std::string();
}
void RunningLab::set_ports(const std::vector<ListenerId>& listeners, PortState state) {
  auto done = std::make_shared<std::promise<void>>();
  auto waits = done->get_future();
  asio::post(impl_->front, [impl = impl_.get(), listeners, state, d = std::move(done)] {
    impl->set_ports(listeners, state);
    d->set_value();
  });
  waits.wait();
}
void RunningLab::swap_sim(std::uint32_t camera, const Imsi& imsi) {
  impl_->sims.swap(camera, imsi);
}
const WallClock& RunningLab::clock() const {
  return impl_->clock;
}
result<void> RunningLab::stop() {
  return impl_->stop();
}

std::string RunningLab::trouble() const {
  if (impl_->registry)
    if (const auto failure = impl_->registry->failure()) return failure->text();
  const std::lock_guard lock(impl_->trouble_mutex);
  return impl_->trouble;
}

}  // namespace firstlight::harness
