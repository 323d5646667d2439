#include "fakes/iot/control_plane_logic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fakes/iot/aws_operations.hpp"

namespace firstlight::fakes::iot {

namespace {

using nlohmann::ordered_json;

/// 64 hex digits; AWS's model also admits upper case, which names the same certificate here.
result<CertificateId> parse_certificate_id(std::string_view segment) {
  auto id = wire::percent_decode(segment, wire::Plus::literal);
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  if (!id || id->size() != 64 || !std::all_of(id->begin(), id->end(), hex))
    return Error(Errc::invalid_argument, "certificateId is not 64 hexadecimal digits");
  for (auto& c : *id)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return CertificateId(std::move(*id));
}

result<CertificateStatus> parse_new_status(std::string_view query) {
  const auto parameters = wire::parse_query(query);
  if (!parameters) return Error(Errc::invalid_argument, "the query string is malformed");
  std::optional<CertificateStatus> status;
  for (const auto& [name, value] : *parameters) {
    if (name != "newStatus") continue;
    if (status) return Error(Errc::invalid_argument, "newStatus is given twice");
    status = parse_status(value);
    if (!status)
      return Error(Errc::invalid_argument,
                   "newStatus is not one of ACTIVE, INACTIVE, REVOKED, PENDING_TRANSFER, REGISTER_INACTIVE, "
                   "PENDING_ACTIVATION");
  }
  if (!status) return Error(Errc::invalid_argument, "newStatus is missing");
  return *status;
}

struct AwsError {
  unsigned status;
  std::string_view name;
};

AwsError aws_error(Errc code) {
  switch (code) {
    case Errc::not_found:
      return {404, "ResourceNotFoundException"};
    case Errc::invalid_argument:
      return {400, "InvalidRequestException"};
    // Which exception AWS raises for a status that callers may not set is unverified (or CertificateStateException
    // 406).
    case Errc::conflict:
      return {400, "InvalidRequestException"};
    case Errc::throttled:
      return {400, "ThrottlingException"};
    case Errc::service_unavailable:
    case Errc::cancelled:
      return {503, "ServiceUnavailableException"};
    default:
      return {500, "InternalFailureException"};
  }
}

/// Epoch seconds with milliseconds, as AWS's JSON protocol writes time stamps.
double epoch_seconds(WallTime t) {
  return static_cast<double>(t.time_since_epoch().count()) / 1000.0;
}

/// AWS gives a UUID whose making it does not tell; here it is made of the id, so that it stays the same.
std::string generation_id(std::string_view id) {
  return fmt::format("{}-{}-{}-{}-{}", id.substr(0, 8), id.substr(8, 4), id.substr(12, 4), id.substr(16, 4),
                     id.substr(20, 12));
}

wire::HttpResponse response(unsigned status, std::string_view request_id) {
  wire::HttpResponse r;
  r.status = status;
  r.headers.emplace_back("x-amzn-RequestId", std::string(request_id));
  return r;
}

}  // namespace

result<ControlPlaneOperation> parse_operation(const wire::HttpRequest& request) {
  constexpr std::string_view kCertificates = "/certificates/";
  const auto path = request.path();
  const auto name = aws_operation_name(request.method, path);
  if (!name) return Error(Errc::not_found, "Not Found");
  if (*name != "DescribeCertificate" && *name != "UpdateCertificate")
    return Error(Errc::invalid_argument, fmt::format("{} is not offered by this lab yet", *name));
  auto id = parse_certificate_id(path.substr(kCertificates.size()));
  if (!id) return id.error();
  if (*name == "DescribeCertificate") return ControlPlaneOperation(DescribeCertificate{std::move(*id)});
  const auto status = parse_new_status(request.query());
  if (!status) return status.error();
  return ControlPlaneOperation(UpdateCertificate{std::move(*id), *status});
}

wire::HttpResponse describe_response(const CertificateRecord& certificate, const Account& account,
                                     std::string_view request_id) {
  const auto& id = certificate.id.value();
  ordered_json description{{"certificateArn", fmt::format("arn:aws:iot:{}:{}:cert/{}", account.region, account.id, id)},
                           {"certificateId", id},
                           {"status", status_name(certificate.status)},
                           {"certificatePem", certificate.pem},
                           {"ownedBy", account.id},
                           {"creationDate", epoch_seconds(certificate.created)},
                           {"lastModifiedDate", epoch_seconds(certificate.modified)},
                           {"customerVersion", certificate.customer_version},
                           {"generationId", generation_id(id)},
                           {"validity",
                            {{"notBefore", unix_seconds(certificate.validity.not_before)},
                             {"notAfter", unix_seconds(certificate.validity.not_after)}}},
                           {"certificateMode", "DEFAULT"}};
  auto r = response(200, request_id);
  r.body = ordered_json{{"certificateDescription", std::move(description)}}.dump();
  return r;
}

wire::HttpResponse empty_response(std::string_view request_id) {
  return response(200, request_id);
}

wire::HttpResponse error_response(const Error& error, std::string_view request_id) {
  const auto [status, name] = aws_error(error.code);
  auto r = response(status, request_id);
  r.headers.emplace_back("x-amzn-ErrorType", fmt::format("{}:", name));
  // What went wrong inside the lab is for its journal; a peer learns that it did.
  const auto message = status >= 500 || error.detail.empty() ? std::string(error_text(error.code)) : error.detail;
  r.body = ordered_json{{"message", message}, {"traceId", request_id}}.dump();
  return r;
}

}  // namespace firstlight::fakes::iot
