// The control plane: its pure rules, and the server as curl sees it.
#include "fakes/iot/control_plane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/unit/fakes/iot_support.hpp"

namespace firstlight::fakes::iot {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

const std::string kId(64, 'a');
constexpr const char* kRequestId = "4b18b9cd-0000-4000-8000-000000000000";

result<ControlPlaneOperation> parsed(const std::string& method, const std::string& target) {
  wire::HttpRequest request;
  request.method = method;
  request.target = target;
  return parse_operation(request);
}

TEST(ControlPlaneRules, TheTwoOperations) {
  const auto describe = parsed("GET", "/certificates/" + kId);
  ASSERT_TRUE(describe);
  EXPECT_EQ(std::get<DescribeCertificate>(*describe).id.value(), kId);
  const auto update = parsed("PUT", "/certificates/" + std::string(64, 'A') + "?newStatus=INACTIVE");
  ASSERT_TRUE(update);
  EXPECT_EQ(std::get<UpdateCertificate>(*update).id.value(), kId) << "upper case names the same certificate";
  EXPECT_EQ(std::get<UpdateCertificate>(*update).status, CertificateStatus::inactive);
}

TEST(ControlPlaneRules, MalformedParameters) {
  const std::vector<std::pair<std::string, std::string>> requests{
      {"GET", "/certificates/abc"},
      {"GET", "/certificates/" + std::string(63, 'a') + "g"},
      {"GET", "/certificates/" + std::string(61, 'a') + "%2"},
      {"PUT", "/certificates/" + kId},
      {"PUT", "/certificates/" + kId + "?newStatus="},
      {"PUT", "/certificates/" + kId + "?newStatus=active"},
      {"PUT", "/certificates/" + kId + "?newStatus=ACTIVE&newStatus=REVOKED"},
      {"PUT", "/certificates/" + kId + "?newStatus=%zz"}};
  for (const auto& [method, target] : requests) {
    const auto operation = parsed(method, target);
    ASSERT_FALSE(operation) << method << ' ' << target;
    EXPECT_EQ(operation.error().name(), "invalid-argument") << method << ' ' << target;
  }
}

TEST(ControlPlaneRules, AnOperationThatIsNotOfferedIsNamed) {
  const auto named = [](const char* method, const std::string& target) {
    return parsed(method, target).error().detail;
  };
  EXPECT_THAT(named("DELETE", "/certificates/" + kId), HasSubstr("DeleteCertificate"));
  EXPECT_THAT(named("POST", "/keys-and-certificate?setAsActive=true"), HasSubstr("CreateKeysAndCertificate"));
  EXPECT_THAT(named("GET", "/endpoint?endpointType=iot%3AData-ATS"), HasSubstr("DescribeEndpoint"));
  EXPECT_THAT(named("PUT", "/things/a/principals"), HasSubstr("AttachThingPrincipal"));
  EXPECT_THAT(named("GET", "/principals/things"), HasSubstr("ListPrincipalThings"));
}

TEST(ControlPlaneRules, UnknownPaths) {
  for (const auto* target : {"/", "", "/certificate", "/certificates/", "/certificates/a/b", "/things/", "//"})
    EXPECT_EQ(parsed("GET", target).error().name(), "not-found") << target;
  EXPECT_EQ(parsed("POST", "/certificates/" + kId).error().name(), "not-found");
}

TEST(ControlPlaneRules, ErrorsAreNamedByHeaderWithATrailingColon) {
  const auto response = error_response(Error(Errc::not_found, "certificate x"), kRequestId);
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(response.header("x-amzn-ErrorType"), "ResourceNotFoundException:");
  EXPECT_EQ(response.header("x-amzn-RequestId"), kRequestId);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, R"({"message":"certificate x","traceId":"4b18b9cd-0000-4000-8000-000000000000"})");
  EXPECT_EQ(error_response(Error(Errc::invalid_argument, ""), kRequestId).status, 400U);
  EXPECT_EQ(error_response(Error(Errc::conflict, ""), kRequestId).header("x-amzn-ErrorType"),
            "InvalidRequestException:");
  const auto internal = error_response(Error(Errc::database_error, "/home/someone/state.db: disk full"), kRequestId);
  EXPECT_EQ(internal.status, 500U);
  EXPECT_EQ(internal.header("x-amzn-ErrorType"), "InternalFailureException:");
  EXPECT_THAT(internal.body, Not(HasSubstr("/home")));
}

TEST(ControlPlaneRules, TheDescription) {
  CertificateRecord record;
  record.id = CertificateId(kId);
  record.pem = "-----BEGIN CERTIFICATE-----\n";
  record.status = CertificateStatus::revoked;
  record.validity = {from_unix_seconds(1'700'000'000), from_unix_seconds(1'800'000'000)};
  record.created = from_unix_seconds(1'739'888'292) + std::chrono::milliseconds(349);
  record.modified = from_unix_seconds(1'739'888'300);
  record.customer_version = 2;
  const auto response = describe_response(record, Account(), kRequestId);
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body,
            R"({"certificateDescription":{"certificateArn":"arn:aws:iot:ap-northeast-1:123456789012:cert/)" + kId +
                R"(","certificateId":")" + kId +
                R"(","status":"REVOKED","certificatePem":"-----BEGIN CERTIFICATE-----\n",)"
                R"("ownedBy":"123456789012","creationDate":1739888292.349,)"
                R"("lastModifiedDate":1739888300.0,"customerVersion":2,)"
                R"("generationId":"aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",)"
                R"("validity":{"notBefore":1700000000,"notAfter":1800000000},)"
                R"("certificateMode":"DEFAULT"}})");
}

/// A control plane over a registry with one certificate.
class ControlPlaneServed : public testing::Test {
 protected:
  static void SetUpTestSuite() { CryptoContext::forbid_default(); }

  ControlPlaneServed() : bench(config()), front_thread([this] { front.run(); }) {
    auto opened = journal::Journal::open(folder / "journal.jsonl", {}, {});
    EXPECT_TRUE(opened);
    events = std::move(*opened);
    for (unsigned i = 0; i < bench.shards.size(); ++i) lanes.push_back(events->lane());
    lab = std::make_unique<LabContext>(LabContext{front, bench.shards, *events, lanes, sims, bench.clock});
    const auto authority = make_authority(crypto, "test CA", bench.clock.now());
    write_file(folder / "ca.pem", authority.certificate_chain);
    ControlPlaneConfig plane;
    plane.identity = issue_server_identity(crypto, authority, {}, {"127.0.0.1"}, bench.clock.now());
    auto started = ControlPlaneServer::start(*lab, plane, *bench.registry);
    EXPECT_TRUE(started);
    server = std::move(*started);
    const auto device = bench.admit("440100000000001");
    EXPECT_TRUE(await(bench.shards.at(0), bench.registry->register_certificate(device.id, certificate)));
  }
  ~ControlPlaneServed() override {
    server->stop_accepting();
    guard.reset();
    front.stop();
    front_thread.join();
    server.reset();
    bench.registry->close();
    bench.shards.stop();
    events->close();
  }
  RegistryConfig config() {
    RegistryConfig c;
    c.path = folder / "state.db";
    return c;
  }
  /// Headers, an empty line, and the body.
  std::string curl(const std::string& arguments, const std::string& target) {
    return run_command("curl --silent --show-error --include --max-time 20 --cacert '" + folder / "ca.pem" + "' " +
                       arguments + " 'https://127.0.0.1:" + std::to_string(server->port()) + target + "'")
        .output;
  }
  static json body_of(const std::string& response) {
    return json::parse(response.substr(response.find("\r\n\r\n") + 4), nullptr, false);
  }

  CryptoContext crypto;
  TempFolder folder;
  Bench bench;
  boost::asio::io_context front;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{front.get_executor()};
  std::thread front_thread;
  SimTable sims;
  std::unique_ptr<journal::Journal> events;
  std::vector<journal::Lane> lanes;
  std::unique_ptr<LabContext> lab;
  std::unique_ptr<ControlPlaneServer> server;
  IssuedCertificate certificate = sample_certificate("a");
};

TEST_F(ControlPlaneServed, DescribesUpdatesAndJournals) {
  const auto described = curl("--user AKID:SECRET --aws-sigv4 aws:amz:ap-northeast-1:iot", "/certificates/" + kId);
  EXPECT_THAT(described, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(body_of(described).at("certificateDescription").at("status"), "ACTIVE");
  EXPECT_EQ(body_of(described).at("certificateDescription").at("certificatePem"), certificate.certificate_pem);
  const auto updated = curl("--request PUT", "/certificates/" + kId + "?newStatus=INACTIVE");
  EXPECT_THAT(updated, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(updated, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_EQ(bench.seen(1, certificate.id)->status, CertificateStatus::inactive);
  curl("--request PUT", "/certificates/" + kId + "?newStatus=INACTIVE");
  EXPECT_EQ(body_of(curl("", "/certificates/" + kId)).at("certificateDescription").at("status"), "INACTIVE");
  events->close();
  const auto saved = journal::read_journal(folder / "journal.jsonl");
  ASSERT_TRUE(saved);
  int changes = 0;
  for (const auto& event : saved->events)
    if (const auto* change = std::get_if<journal::CertificateStatusChanged>(&event.payload)) {
      ++changes;
      EXPECT_EQ(change->certificate_id, kId);
      EXPECT_EQ(change->status, "INACTIVE");
      EXPECT_EQ(event.source, journal::Source::iot);
    }
  EXPECT_EQ(changes, 1) << "the second update changed nothing";
}

TEST_F(ControlPlaneServed, ErrorsCarryAwsHeaders) {
  const auto unknown = curl("", "/certificates/" + std::string(64, 'b'));
  EXPECT_THAT(unknown, testing::StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(unknown, HasSubstr("x-amzn-ErrorType: ResourceNotFoundException:\r\n"));
  EXPECT_THAT(body_of(unknown).at("traceId").get<std::string>(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_THAT(unknown, HasSubstr("x-amzn-RequestId: " + body_of(unknown).at("traceId").get<std::string>() + "\r\n"));
  EXPECT_THAT(curl("--request PUT", "/certificates/" + kId + "?newStatus=PENDING_ACTIVATION"),
              testing::StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(curl("--request DELETE", "/certificates/" + kId), HasSubstr("InvalidRequestException:\r\n"));
}

}  // namespace
}  // namespace firstlight::fakes::iot
