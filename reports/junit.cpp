#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/run_report.hpp"
#include "reports/text.hpp"

namespace firstlight::reports {

namespace {

using judge::CheckResult;
using judge::Verdict;

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
  [[nodiscard]] std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", tests, failures, errors, skipped);
  }
};

enum class Kind : std::uint8_t { passed, failure, error, skipped };

bool excused(const ScenarioReport& s) {
  return s.verdict == judge::Verdict::quarantined || s.verdict == judge::Verdict::flaky;
}

/// What a test case says to a CI server, which knows fewer verdicts than we do.
Kind kind_of(const ScenarioReport& s, const judge::CheckResult& c, bool flaky_fails) {
  switch (c.verdict) {
    case judge::Verdict::pass:
    case judge::Verdict::flaky:
    case judge::Verdict::quarantined:
      return Kind::passed;
    case judge::Verdict::inconclusive:
    case judge::Verdict::skipped:
      return Kind::skipped;
    case judge::Verdict::fail:
    case judge::Verdict::threshold:
    case judge::Verdict::infra:
      break;
  }
  if (s.verdict == judge::Verdict::quarantined) return Kind::skipped;
  if (s.verdict == judge::Verdict::flaky && !flaky_fails)
    return Kind::passed;  // with what failed at first as its output
  return c.verdict == judge::Verdict::infra ? Kind::error : Kind::failure;
}

std::string story(const ScenarioReport& s, const judge::CheckResult& c) {
  auto text = fmt::format("expected: {}\nobserved: {}\n", c.expect, c.observed);
  if (c.line > 0) text += fmt::format("at:       {}:{}\n", s.file, c.line);
  if (!c.cameras.empty()) text += fmt::format("cameras:  {}\n", fmt::join(c.cameras, ", "));
  text += fmt::format("repeat:   {}\n", s.repro);
  for (const auto& p : c.evidence) text += fmt::format("proof:    {} (lane {}, seq {})\n", p.text, p.lane, p.sequence);
  if (s.timeline_camera != 0 && !c.cameras.empty() && c.cameras.front() == s.timeline_camera)
    text += fmt::format("camera {}:\n{}\n", s.timeline_camera, fmt::join(s.timeline, "\n"));
  return text;
}

std::string attempts_text(const ScenarioReport& s) {
  std::vector<std::string_view> verdicts;
  for (const auto& a : s.attempts) verdicts.push_back(judge::verdict_name(a.verdict));
  return fmt::format("flaky: with one seed, its attempts ended {}\n", fmt::join(verdicts, ", "));
}

std::string why_skipped(const ScenarioReport& s, const judge::CheckResult& c) {
  if (s.verdict == judge::Verdict::quarantined && s.quarantine)
    return fmt::format("quarantined until {} ({}): {}: {}", s.quarantine->until, s.quarantine->reason,
                       judge::verdict_name(c.verdict), c.observed);
  return fmt::format("{}: {}", judge::verdict_name(c.verdict), c.observed);
}

std::string testcase(const ScenarioReport& s, const judge::CheckResult& c, bool flaky_fails, Counts& counts) {
  const auto kind = kind_of(s, c, flaky_fails);
  ++counts.tests;
  std::string body;
  if (kind == Kind::skipped) {
    ++counts.skipped;
    body = fmt::format("      <skipped message=\"{}\"/>\n", xml_attribute(why_skipped(s, c)));
  } else if (kind != Kind::passed) {
    const bool error = kind == Kind::error;
    ++(error ? counts.errors : counts.failures);
    const auto* const tag = error ? "error" : "failure";
    body = fmt::format("      <{} type=\"{}\" message=\"{}\">{}</{}>\n", tag,
                       s.bug && error ? "bug" : judge::verdict_name(c.verdict), xml_attribute(c.observed),
                       xml_content(story(s, c)), tag);
  }
  if (excused(s) && c.verdict != judge::Verdict::pass) {
    const auto note = (s.verdict == judge::Verdict::flaky ? attempts_text(s) : "") + story(s, c);
    body += fmt::format("      <system-out>{}</system-out>\n", xml_content(note));
  }
  const auto open = fmt::format(R"(    <testcase classname="{}" name="{}" file="{}" time="0.000")",
                                xml_attribute(s.name), xml_attribute(c.expect), xml_attribute(s.file));
  return body.empty() ? open + "/>\n" : fmt::format("{}>\n{}    </testcase>\n", open, body);
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_attribute(value));
}

std::string properties(const ScenarioReport& s) {
  auto text = property("seed", std::to_string(s.seed)) + property("verdict", judge::verdict_name(s.verdict)) +
              property("repeat", s.repro);
  if (s.quarantine) {
    text += property("quarantine", fmt::format("{} {} ({})", s.quarantine->expired ? "expired on" : "until",
                                               s.quarantine->until, s.quarantine->reason));
  }
  return "    <properties>\n" + text + "    </properties>\n";
}

std::string testsuite(const ScenarioReport& s, bool flaky_fails, Counts& all) {
  Counts counts;
  std::string cases;
  for (const auto& c : s.checks) cases += testcase(s, c, flaky_fails, counts);
  all.add(counts);
  auto text = fmt::format("  <testsuite name=\"{}\" file=\"{}\"", xml_attribute(s.name), xml_attribute(s.file));
  if (!s.started_at.empty()) text += fmt::format(" timestamp=\"{}\"", xml_attribute(s.started_at.substr(0, 19)));
  text += fmt::format(" time=\"{:.3f}\" {}>\n", static_cast<double>(s.duration_ms) / 1000.0, counts.attributes());
  text += properties(s) + cases;
  if (s.verdict == judge::Verdict::flaky)
    text += fmt::format("    <system-out>{}</system-out>\n", xml_content(attempts_text(s)));
  return text + "  </testsuite>\n";
}

}  // namespace

std::string to_junit(const RunReport& report) {
  Counts all;
  std::string suites;
  for (const auto& s : report.scenarios) suites += testsuite(s, report.flaky_fails, all);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"firstlight\" time=\"{:.3f}\" "
      "{}>\n{}</testsuites>\n",
      static_cast<double>(report.duration_ms) / 1000.0, all.attributes(), suites);
}

}  // namespace firstlight::reports
