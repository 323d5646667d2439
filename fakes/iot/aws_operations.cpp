#include "fakes/iot/aws_operations.hpp"

#include <array>

namespace firstlight::fakes::iot {

namespace {

struct Known {
  std::string_view method, path, name;  // {} in a path stands for one segment
};
constexpr std::array<Known, 45> kKnown{{
    {"POST", "/keys-and-certificate", "CreateKeysAndCertificate"},
    {"POST", "/certificates", "CreateCertificateFromCsr"},
    {"POST", "/certificate/register", "RegisterCertificate"},
    {"POST", "/certificate/register-no-ca", "RegisterCertificateWithoutCA"},
    {"POST", "/cacertificate", "RegisterCACertificate"},
    {"GET", "/cacertificate/{}", "DescribeCACertificate"},
    {"PUT", "/cacertificate/{}", "UpdateCACertificate"},
    {"DELETE", "/cacertificate/{}", "DeleteCACertificate"},
    {"GET", "/cacertificates", "ListCACertificates"},
    {"GET", "/certificates-by-ca/{}", "ListCertificatesByCA"},
    {"GET", "/certificates/{}", "DescribeCertificate"},
    {"PUT", "/certificates/{}", "UpdateCertificate"},
    {"GET", "/certificates", "ListCertificates"},
    {"DELETE", "/certificates/{}", "DeleteCertificate"},
    {"POST", "/things/{}", "CreateThing"},
    {"GET", "/things/{}", "DescribeThing"},
    {"PATCH", "/things/{}", "UpdateThing"},
    {"DELETE", "/things/{}", "DeleteThing"},
    {"GET", "/things", "ListThings"},
    {"POST", "/things", "RegisterThing"},
    {"PUT", "/things/{}/principals", "AttachThingPrincipal"},
    {"DELETE", "/things/{}/principals", "DetachThingPrincipal"},
    {"GET", "/things/{}/principals", "ListThingPrincipals"},
    {"GET", "/things/{}/principals-v2", "ListThingPrincipalsV2"},
    {"GET", "/principals/things", "ListPrincipalThings"},
    {"POST", "/policies/{}", "CreatePolicy"},
    {"GET", "/policies/{}", "GetPolicy"},
    {"DELETE", "/policies/{}", "DeletePolicy"},
    {"GET", "/policies", "ListPolicies"},
    {"POST", "/policies/{}/version", "CreatePolicyVersion"},
    {"PUT", "/target-policies/{}", "AttachPolicy"},
    {"POST", "/target-policies/{}", "DetachPolicy"},
    {"PUT", "/principal-policies/{}", "AttachPrincipalPolicy"},
    {"DELETE", "/principal-policies/{}", "DetachPrincipalPolicy"},
    {"POST", "/attached-policies/{}", "ListAttachedPolicies"},
    {"POST", "/policy-targets/{}", "ListTargetsForPolicy"},
    {"GET", "/endpoint", "DescribeEndpoint"},
    {"GET", "/registrationcode", "GetRegistrationCode"},
    {"DELETE", "/registrationcode", "DeleteRegistrationCode"},
    {"POST", "/provisioning-templates", "CreateProvisioningTemplate"},
    {"POST", "/provisioning-templates/{}/provisioning-claim", "CreateProvisioningClaim"},
    {"POST", "/role-aliases/{}", "CreateRoleAlias"},
    {"GET", "/role-aliases/{}", "DescribeRoleAlias"},
    {"PATCH", "/transfer-certificate/{}", "TransferCertificate"},
    {"POST", "/certificate-providers/{}", "CreateCertificateProvider"},
}};

bool path_matches(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    if (pattern.starts_with("{}")) {
      const auto end = path.substr(0, path.find('/'));
      if (end.empty()) return false;
      path.remove_prefix(end.size());
      pattern.remove_prefix(2);
    } else if (pattern.front() == path.front()) {
      path.remove_prefix(1);
      pattern.remove_prefix(1);
    } else {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::optional<std::string_view> aws_operation_name(std::string_view method, std::string_view path) {
  for (const auto& known : kKnown)
    if (known.method == method && path_matches(known.path, path)) return known.name;
  return {};
}

}  // namespace firstlight::fakes::iot
