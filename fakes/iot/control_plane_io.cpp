#include <fmt/format.h>

#include "fakes/iot/control_plane.hpp"

namespace firstlight::fakes::iot {

namespace asio = boost::asio;

namespace {

/// A random UUID (RFC 9562 §5.4).
std::string new_request_id(const CryptoContext& crypto) {
  std::array<std::uint8_t, 16> b{};
  random_bytes(crypto, b);
  b[6] = static_cast<std::uint8_t>((b[6] & 0x0f) | 0x40);
  b[8] = static_cast<std::uint8_t>((b[8] & 0x3f) | 0x80);
  const auto hex = hex_lower(b);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

/// Answers the operations; shared by the server's coroutines on every shard.
class ControlPlane {
 public:
  ControlPlane(const LabContext& lab, Account account, Registry& registry)
      : lab_(lab), account_(std::move(account)), registry_(registry) {}

  asio::awaitable<HttpAnswer> answer(const HttpPeer& peer, const wire::HttpRequest& request) {
    const auto id = new_request_id(peer.shard.crypto());
    const auto operation = parse_operation(request);
    if (!operation) co_return error_response(operation.error(), id);
    if (const auto* describe = std::get_if<DescribeCertificate>(&*operation)) {
      const auto record = co_await registry_.describe_certificate(describe->id);
      co_return record ? describe_response(*record, account_, id) : error_response(record.error(), id);
    }
    const auto& update = std::get<UpdateCertificate>(*operation);
    const auto change = co_await registry_.change_certificate(update.id, update.status);
    if (!change) co_return error_response(change.error(), id);
    if (change->changed) note(peer, update);
    co_return empty_response(id);
  }

 private:
  void note(const HttpPeer& peer, const UpdateCertificate& update) {
    journal::CertificateStatusChanged event;
    event.certificate_id = update.id.value();
    event.status = status_name(update.status);
    lab_.lanes.at(peer.shard.index())
        .append(journal::Source::iot, peer.camera, peer.address.to_string(), std::move(event));
  }

  LabContext lab_;  // a copy: connections may outlive the caller's
  Account account_;
  Registry& registry_;
};

}  // namespace

ControlPlaneServer::ControlPlaneServer(std::unique_ptr<HttpsServer> server) : server_(std::move(server)) {}

ControlPlaneServer::~ControlPlaneServer() = default;

result<std::unique_ptr<ControlPlaneServer>> ControlPlaneServer::start(LabContext& lab, ControlPlaneConfig config,
                                                                      Registry& registry) {
  const auto plane = std::make_shared<ControlPlane>(lab, Account{config.region, config.account}, registry);
  HttpsServerConfig https;
  https.source = journal::Source::iot;
  https.address = config.address;
  https.port = config.port;
  https.identity = std::move(config.identity);
  auto server = HttpsServer::start(lab, std::move(https), [plane](const HttpPeer& peer, const wire::HttpRequest& r) {
    return plane->answer(peer, r);
  });
  if (!server) return server.error();
  return std::unique_ptr<ControlPlaneServer>(new ControlPlaneServer(std::move(*server)));
}

unsigned short ControlPlaneServer::port() const {
  return server_->port();
}

void ControlPlaneServer::stop_accepting() {
  server_->stop_accepting();
}

}  // namespace firstlight::fakes::iot
