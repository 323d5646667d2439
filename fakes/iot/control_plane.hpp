// The AWS-compatible control plane of the fake AWS IoT: an HTTPS server that answers DescribeCertificate and
// UpdateCertificate from the registry. The lab starts it; AWS SDKs and the AWS CLI reach it with an endpoint override.
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"
#include "fakes/context/lab_context.hpp"
#include "fakes/http/https_server.hpp"
#include "fakes/iot/control_plane_logic.hpp"
#include "fakes/iot/registry.hpp"
#include "wire/x509.hpp"

namespace firstlight::fakes::iot {

struct ControlPlaneConfig {
  std::string address = "127.0.0.1";
  unsigned short port = 0;     // 0: ephemeral
  wire::IdentityPem identity;  // the server's certificate chain and key
  std::string region = "ap-northeast-1";
  std::string account = "123456789012";  // 12 digits
};

class ControlPlaneServer {
 public:
  /// `registry` outlives the server's connections: stop the shards before destroying it. Errors: address-in-use,
  /// address-unusable.
  static result<std::unique_ptr<ControlPlaneServer>> start(LabContext& lab, ControlPlaneConfig config,
                                                           Registry& registry);
  ~ControlPlaneServer();
  [[nodiscard]] unsigned short port() const;
  void stop_accepting();

 private:
  explicit ControlPlaneServer(std::unique_ptr<HttpsServer> server);
  std::unique_ptr<HttpsServer> server_;
};

}  // namespace firstlight::fakes::iot
