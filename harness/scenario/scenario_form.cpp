#include "harness/scenario/language.hpp"
#include "harness/scenario/values.hpp"

namespace firstlight::harness {

namespace {

/// The name, and where it stands: a suite reports two scenarios with one name there.
Form<Scenario> name_form() {
  auto slug = slug_form("a scenario's name");
  Form<Scenario> form;
  form.schema = std::move(slug.schema);
  form.read = [read = std::move(slug.read)](Reading& reading, const Node& node, Scenario& out) {
    out.name_at = reading.position(node);
    return read(reading, node, out.name);
  };
  return form;
}

Form<std::vector<std::string>> tags_form() {
  auto form = list_form("tags", slug_form("a tag"));
  form.schema["uniqueItems"] = true;
  form.schema.erase("minItems");
  form.read = [read = std::move(form.read)](Reading& reading, const Node& node, std::vector<std::string>& out) {
    if (node.kind == Node::Kind::sequence && node.items.empty()) return true;
    bool ok = read(reading, node, out);
    std::vector<std::string_view> seen;
    for (const Node* item : node.items) {
      if (seen.size() >= 100) return reading.mistake(*item, "more than 100 tags"), false;
      const bool again = !item->text.empty() && std::find(seen.begin(), seen.end(), item->text) != seen.end();
      if (again) reading.mistake(*item, fmt::format("the tag {} is there already", in_quotes(item->text))), ok = false;
      seen.push_back(item->text);
    }
    return ok;
  };
  return form;
}

/// The names of defects, or none: a scenario that tests the lab itself says so with an empty list.
Form<std::vector<std::string>> killed_by_form() {
  auto form = list_form("killed_by", defect_name_form());
  form.schema["uniqueItems"] = true;
  return form;
}

}  // namespace

Form<Scenario> scenario_form() {
  constexpr auto kLargestSeed = std::numeric_limits<std::uint64_t>::max();
  return map_form<Scenario>(
      "the scenario",
      {field_of_all("name", name_form(), "Names the scenario in reports and folders.").required(),
       field("summary", &Scenario::summary, text_form(1000), "In plain words: what happens, and what is right.")
           .required(),
       field("tags", &Scenario::tags, tags_form(), "Words to select scenarios by (--tag, --exclude-tag)."),
       field("skip", &Scenario::skip, text_form(300), "Why the scenario is not run."),
       field("quarantine", &Scenario::quarantine, optional_form(quarantine_form()),
             "Until when a failure of this scenario does not fail the run, and why."),
       field("seed", &Scenario::seed, optional_form(integer_form(0, kLargestSeed)),
             "Decides every draw. Without it, and without --seed, one is drawn and printed."),
       field("run_for", &Scenario::run_for, optional_form(duration_form()),
             "The normal end. Without it: when every camera is online or has given up."),
       field("timeout", &Scenario::timeout, duration_form(), "The ceiling; reaching it is a failure.").required(),
       field("cameras", &Scenario::cameras, cameras_form(), "The fleet.").required(),
       field("lab", &Scenario::lab, lab_form(), "What the cameras meet."),
       field("faults", &Scenario::faults, faults_form(), "What breaks, for whom, when and how often."),
       field("killed_by", &Scenario::killed_by, killed_by_form(),
             "Firmware defects with which this scenario must fail: the proof that it can."),
       field("expect", &Scenario::expect, list_form("expect", expectation_form()), "What must hold, all of it.")
           .required()},
      [](Reading& reading, const Good& good, const Scenario& scenario) {
        const bool sound = check_faults(reading, good, scenario);
        return check_scenario(reading, good, scenario) && sound;
      });
}

}  // namespace firstlight::harness
