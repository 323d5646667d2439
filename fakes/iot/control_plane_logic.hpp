// The AWS IoT control plane as pure rules: which operation a request asks for, and how answers and errors look on the
// wire (REST-JSON, API version 2015-05-28). Used by the control plane's server and by the fuzzer of HTTP rules.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "fakes/iot/records.hpp"
#include "wire/http.hpp"

namespace firstlight::fakes::iot {

struct DescribeCertificate {
  CertificateId id;
};
struct UpdateCertificate {
  CertificateId id;
  CertificateStatus status{};
};
using ControlPlaneOperation = std::variant<DescribeCertificate, UpdateCertificate>;

/// Authorization (SigV4) is accepted and not checked. Errors: not-found (no such path), invalid-argument (a malformed
/// parameter, or an operation of AWS that the lab does not offer; the detail names it).
[[nodiscard]] result<ControlPlaneOperation> parse_operation(const wire::HttpRequest& request);

/// What ARNs are made of.
struct Account {
  std::string region = "ap-northeast-1";
  std::string id = "123456789012";  // 12 digits
};

/// `request_id` is a UUID; it comes back as x-amzn-RequestId and, in errors, as traceId.
[[nodiscard]] wire::HttpResponse describe_response(const CertificateRecord& certificate, const Account& account,
                                                   std::string_view request_id);
[[nodiscard]] wire::HttpResponse empty_response(std::string_view request_id);
/// The error's name goes into x-amzn-ErrorType with AWS's trailing colon; SDKs take it from there.
[[nodiscard]] wire::HttpResponse error_response(const Error& error, std::string_view request_id);

}  // namespace firstlight::fakes::iot
