#include "journal/journal.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <thread>

namespace firstlight::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string temp_file() {
  std::string path = ::testing::TempDir() + "journal-XXXXXX";
  const int fd = ::mkstemp(path.data());
  EXPECT_GE(fd, 0);
  ::close(fd);
  return path;
}

TEST(EventJson, IsWrittenAsDocumented) {
  Event e{
      1234567, 2, 9, Source::camera, 7, "127.16.0.7", StageEnded{Stage::endorse, 1, true, "", "", 950, 50, 600, 300}};
  EXPECT_EQ(
      format_event(e),
      R"({"t":1234567,"lane":2,"seq":9,"src":"camera","cam":7,"peer":"127.16.0.7","ev":"stage_ended","stage":"endorse",)"
      R"("attempt":1,"ok":true,"took_us":950,"tcp_us":50,"tls_us":600,"exchange_us":300})");
  Event s{0, 0, 0, Source::edge, 0, "", MqttSubscribed{"7C00", {"cmd/v1/7C00/req"}, {1}}};
  EXPECT_EQ(
      format_event(s),
      R"({"t":0,"lane":0,"seq":0,"src":"edge","ev":"mqtt_subscribed","client_id":"7C00","filters":["cmd/v1/7C00/req"],"codes":[1]})");
}

TEST(EventJson, TextOfDevicesIsEscapedAndNeverBreaksTheLine) {
  Event e{0, 0, 0, Source::edge, 0, "", MqttDenied{"a\"b\\c\n\x01", "publish", "\xff\xfe"}};
  const auto line = format_event(e);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_THAT(line, HasSubstr(R"("client_id":"a\"b\\c\u000a\u0001")"));
  const auto parsed = nlohmann::json::parse(line);  // a foreign reader accepts it
  EXPECT_EQ(parsed["topic"], "\u00ff\u00fe");
}

TEST(EventJson, RefusesWrongTypesAndSkipsUnknownEvents) {
  EXPECT_FALSE(parse_event("[]"));
  EXPECT_FALSE(parse_event("{\"t\":1"));
  EXPECT_FALSE(parse_event(R"({"t":"x","src":"run","ev":"run_ended"})"));
  EXPECT_FALSE(parse_event(R"({"t":1,"src":"camera","ev":"stage_ended","stage":"nowhere"})"));
  EXPECT_FALSE(parse_event(R"({"t":1,"src":"camera"})"));
  const auto unknown = parse_event(R"({"t":1,"src":"camera","ev":"from_the_future"})");
  ASSERT_TRUE(unknown.has_value());
  EXPECT_FALSE(unknown->has_value());
}

// The judge takes differences of times, which must not overflow whatever a file says.
TEST(EventJson, RefusesNumbersThatAreTooLarge) {
  const auto power_on = [](const std::string& t, const std::string& scheduled) {
    return parse_event("{\"t\":" + t + R"(,"src":"camera","ev":"power_on","boot":1,"scheduled_ns":)" + scheduled + "}");
  };
  const std::string most = "2305843009213693952", more = "2305843009213693953";
  EXPECT_TRUE(power_on(most, "-" + most));
  for (const auto& bad : {more, std::string("9223372036854775807"), std::string("18446744073709551615"),
                          std::string("-9223372036854775808"), std::string("1e300")}) {
    EXPECT_FALSE(power_on(bad, "0")) << bad;
    EXPECT_FALSE(power_on("0", bad)) << bad;
  }
  const auto took = [](const std::string& us) {
    return parse_event(R"({"t":1,"src":"endorse","ev":"http_served","took_us":)" + us + "}");
  };
  EXPECT_TRUE(took("2305843009213693"));
  EXPECT_FALSE(took("2305843009213694")) << "a thousand times as much is taken off a time";
  EXPECT_FALSE(parse_event(R"({"t":1,"lane":65536,"src":"camera","ev":"power_on","boot":1})")) << "no lane";
}

TEST(Narrate, ControlCharactersDoNotReachTheTerminal) {
  Event e{0, 0, 0, Source::edge, 0, "", MqttDenied{"\x1b[2Jx", "publish", "t"}};
  EXPECT_EQ(narrate(e).find('\x1b'), std::string::npos);
}

TEST(Journal, OrdersTheEventsOfAllLanesAndKeepsEachOne) {
  const auto path = temp_file();
  std::vector<std::int64_t> seen;
  {
    auto journal = Journal::open(path, {{"seed", 7}}, [&](const Event& e) { seen.push_back(e.t_ns); }).value();
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n)
      threads.emplace_back([lane = journal->lane()]() mutable {
        for (std::uint32_t i = 0; i < 5000; ++i) lane.append(Source::camera, i + 1, "", PowerOn{});
      });
    for (auto& t : threads) t.join();
    journal->close();
    EXPECT_FALSE(journal->failure());
  }
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  const auto saved = read_journal(path).value();
  EXPECT_EQ(saved.header["seed"], 7);
  EXPECT_EQ(saved.events.size(), 20000U);
  std::vector<std::uint32_t> next(4, 0);
  for (const auto& e : saved.events) EXPECT_EQ(e.sequence, next.at(e.lane)++);
  std::remove(path.c_str());
}

TEST(Journal, AFileThatCannotBeOpenedIsAnError) {
  const auto opened = Journal::open("/nonexistent/journal.jsonl", {}, {});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, HasSubstr("/nonexistent/journal.jsonl: No such file"));
}

TEST(Journal, AWriteThatFailsIsRemembered) {
  const auto path = temp_file();
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, SIG_IGN);
  auto journal = Journal::open(path, {}, {}).value();
  const rlimit small{512, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  auto lane = journal->lane();
  for (int i = 0; i < 100; ++i) lane.append(Source::run, 0, "", RunEnded{"settled", "x"});
  journal->close();
  setrlimit(RLIMIT_FSIZE, &old);
  ASSERT_TRUE(journal->failure());
  EXPECT_THAT(journal->failure()->detail, HasSubstr("File too large"));
  std::remove(path.c_str());
}

TEST(Reader, ATornLastLineIsToldAndTheRestIsKept) {
  const auto path = temp_file();
  std::ofstream(path)
      << "{\"journal\":1}\n{\"t\":1,\"src\":\"run\",\"ev\":\"run_ended\",\"reason\":\"settled\"}\n{\"t\":2,\"src";
  const auto saved = read_journal(path).value();
  EXPECT_TRUE(saved.torn_tail);
  EXPECT_EQ(saved.events.size(), 1U);
  std::ofstream(path) << "{\"journal\":1}\nrubbish\n{\"t\":1,\"src\":\"run\",\"ev\":\"run_ended\"}\n";
  const auto broken = read_journal(path);
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().detail, HasSubstr(":2: not a JSON object"));
  std::ofstream(path) << "{\"journal\":99}\n";
  EXPECT_THAT(read_journal(path).error().detail, HasSubstr("newer"));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace firstlight::journal
