#include "judge/event_search.hpp"

#include <algorithm>

#include "language/event_fields.hpp"

namespace firstlight::judge {

namespace {

bool has_value(const journal::Event& event, std::string_view field, std::string_view wanted) {
  const bool is_error = field == "error" || field == "reason";
  const auto values = language::field_values(event.payload, field);
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
    return value == wanted || (is_error && language::error_spelling(value) == language::error_spelling(wanted));
  });
}

}  // namespace

bool matches(const language::EventPattern& p, const journal::Event& event) {
  if (journal::event_name(event.payload) != p.event) return false;
  if (!p.service.empty() && !has_value(event, "service", p.service)) return false;
  if (p.stage && !has_value(event, "stage", journal::stage_name(*p.stage))) return false;
  if (p.status && !has_value(event, "status", std::to_string(*p.status))) return false;
  return std::all_of(p.where.begin(), p.where.end(),
                     [&](const auto& w) { return has_value(event, w.first, w.second); });
}

std::int64_t happened_ns(const journal::Event& event) {
  const auto* served = std::get_if<journal::HttpServed>(&event.payload);
  return served != nullptr ? event.t_ns - served->took_us * 1000 : event.t_ns;
}

bool is_among(const language::WhichCameras& which, const CheckContext& context, std::uint32_t camera) {
  if (camera == 0 || camera > context.fleet()) return false;
  if (const auto* numbers = std::get_if<language::CameraNumbers>(&which))
    return std::binary_search(numbers->begin(), numbers->end(), camera);
  if (const auto* group = std::get_if<language::FaultedCameras>(&which))
    return context.faulted[camera] == group->faulted;
  return true;
}

const journal::Event* last_of(const language::Moment& moment, const CheckContext& context) {
  const auto* pattern = std::get_if<language::EventPattern>(&moment);
  const journal::Event* last = nullptr;
  for (const auto& event : context.events)
    if (pattern != nullptr ? matches(*pattern, event) : std::holds_alternative<journal::FaultFired>(event.payload))
      last = &event;
  return last;
}

std::string moment_name(const language::Moment& moment) {
  const auto* pattern = std::get_if<language::EventPattern>(&moment);
  return pattern != nullptr ? pattern->event : std::string(journal::FaultFired::kName);
}

}  // namespace firstlight::judge
