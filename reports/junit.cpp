#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/utf8.hpp"
#include "reports/run_report.hpp"

namespace firstlight::reports {

namespace {

using harness::Verdict;

/// XML 1.0 has no way at all to write most control characters; they, U+FFFE and U+FFFF, and bytes that are no UTF-8
/// become '?'.
std::string escape(std::string_view text) {
  const bool utf8 = is_utf8(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (text[i] == '&')
      out += "&amp;";
    else if (text[i] == '<')
      out += "&lt;";
    else if (text[i] == '>')
      out += "&gt;";
    else if (text[i] == '"')
      out += "&quot;";
    else if (text[i] == '\n')
      out += "&#10;";
    else if (text.substr(i, 2) == "\xEF\xBF" && utf8 && (text[i + 2] == '\xBE' || text[i + 2] == '\xBF'))
      out += '?', i += 2;
    else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
      out += c == '\t' ? '\t' : '?';
    else
      out += text[i];
  }
  return out;
}

bool is_failure(Verdict v) {
  return v == Verdict::fail || v == Verdict::threshold;
}
bool is_error(Verdict v) {
  return v == Verdict::infra;
}
bool is_skip(Verdict v) {
  return v == Verdict::inconclusive || v == Verdict::skipped || v == Verdict::quarantined;
}

std::string testcase(const harness::Outcome& o, const harness::CheckResult& c) {
  const auto open = fmt::format(R"(    <testcase classname="{}" name="{}" file="{}" time="0")", escape(o.name),
                                escape(c.expect), escape(o.file));
  if (c.verdict == Verdict::pass) return open + "/>\n";
  if (is_skip(c.verdict))
    return fmt::format("{}><skipped message=\"{}\"/></testcase>\n", open,
                       escape(fmt::format("{}: {}", harness::verdict_name(c.verdict), c.observed)));
  const auto tag = is_error(c.verdict) ? "error" : "failure";
  std::string text = fmt::format("expected: {}\nobserved: {}\nrepeat:   {}\n", c.expect, c.observed, o.repro);
  if (!c.cameras.empty()) text += fmt::format("cameras:  {}\n", fmt::join(c.cameras, ", "));
  if (o.timeline_camera != 0 && !c.cameras.empty() && c.cameras.front() == o.timeline_camera)
    text += fmt::format("camera {}:\n{}\n", o.timeline_camera, fmt::join(o.timeline, "\n"));
  return fmt::format("{}>\n      <{} type=\"{}\" message=\"{}\">{}</{}>\n    </testcase>\n", open, tag,
                     harness::verdict_name(c.verdict), escape(c.observed), escape(text), tag);
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  void add(Verdict v) {
    ++tests;
    failures += is_failure(v) ? 1 : 0;
    errors += is_error(v) ? 1 : 0;
    skipped += is_skip(v) ? 1 : 0;
  }
  [[nodiscard]] std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", tests, failures, errors, skipped);
  }
};

}  // namespace

std::string to_junit(const RunReport& report) {
  Counts all;
  std::string suites;
  for (const auto& o : report.outcomes) {
    Counts counts;
    std::string cases;
    for (const auto& c : o.checks) {
      counts.add(c.verdict);
      all.add(c.verdict);
      cases += testcase(o, c);
    }
    const auto properties = fmt::format(
        "    <properties><property name=\"seed\" value=\"{}\"/><property name=\"verdict\" "
        "value=\"{}\"/></properties>\n",
        o.seed, harness::verdict_name(o.verdict));
    suites += fmt::format("  <testsuite name=\"{}\" timestamp=\"{}\" time=\"{:.3f}\" {}>\n{}{}  </testsuite>\n",
                          escape(o.name), o.started_at.substr(0, 19), static_cast<double>(o.measured.last_ns) / 1e9,
                          counts.attributes(), properties, cases);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"firstlight\" time=\"{:.3f}\" "
      "{}>\n{}</testsuites>\n",
      static_cast<double>(report.duration_ms) / 1000.0, all.attributes(), suites);
}

}  // namespace firstlight::reports
