#include "decode/values.hpp"
#include "language/language.hpp"

namespace firstlight::language {

namespace {

/// The name, and where it stands: a suite reports two scenarios with one name there.
Decoder<Scenario> name_decoder() {
  auto slug = slug_decoder("a scenario's name");
  Decoder<Scenario> decoder;
  decoder.schema = std::move(slug.schema);
  decoder.read = [read = std::move(slug.read)](DecodeContext& context, const Node& node, Scenario& out) {
    out.name_at = context.position(node);
    return read(context, node, out.name);
  };
  return decoder;
}

Decoder<std::vector<std::string>> tags_decoder() {
  auto decoder = list_decoder("tags", slug_decoder("a tag"));
  decoder.schema["uniqueItems"] = true;
  decoder.schema.erase("minItems");
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node,
                                                  std::vector<std::string>& out) {
    if (node.kind == Node::Kind::sequence && node.items.empty()) return true;
    bool ok = read(context, node, out);
    std::vector<std::string_view> seen;
    for (const Node* item : node.items) {
      if (seen.size() >= 100) return context.error(*item, "more than 100 tags");
      const bool again = !item->text.empty() && std::find(seen.begin(), seen.end(), item->text) != seen.end();
      if (again) ok = context.error(*item, fmt::format("the tag {} is there already", in_quotes(item->text)));
      seen.push_back(item->text);
    }
    return ok;
  };
  return decoder;
}

/// The names of defects, or none: a scenario that tests the lab itself says so with an empty list.
Decoder<std::vector<std::string>> killed_by_decoder() {
  auto decoder = list_decoder("killed_by", defect_name_decoder());
  decoder.schema["uniqueItems"] = true;
  return decoder;
}

}  // namespace

Decoder<Scenario> scenario_decoder(std::span<const ExpectationKind* const> expectations) {
  constexpr auto kLargestSeed = std::numeric_limits<std::uint64_t>::max();
  return map_decoder<Scenario>(
      "the scenario",
      {field_of_all("name", name_decoder(), "Names the scenario in reports and folders.").required(),
       field("summary", &Scenario::summary, text_decoder(1000), "In plain words: what happens, and what is right.")
           .required(),
       field("tags", &Scenario::tags, tags_decoder(), "Words to select scenarios by (--tag, --exclude-tag)."),
       field("skip", &Scenario::skip, text_decoder(300), "Why the scenario is not run."),
       field("quarantine", &Scenario::quarantine, optional_decoder(quarantine_decoder()),
             "Until when a failure of this scenario does not fail the run, and why."),
       field("seed", &Scenario::seed, optional_decoder(integer_decoder(0, kLargestSeed)),
             "Decides every draw. Without it, and without --seed, one is drawn and printed."),
       field("run_for", &Scenario::run_for, optional_decoder(duration_decoder()),
             "The normal end. Without it: when every camera is online or has given up."),
       field("timeout", &Scenario::timeout, duration_decoder(), "The ceiling; reaching it is a failure.").required(),
       field("cameras", &Scenario::cameras, cameras_decoder(), "The fleet.").required(),
       field("lab", &Scenario::lab, lab_decoder(), "What the cameras meet."),
       field("faults", &Scenario::faults, faults_decoder(), "What breaks, for whom, when and how often."),
       field("killed_by", &Scenario::killed_by, killed_by_decoder(),
             "Firmware defects with which this scenario must fail: the proof that it can."),
       field("expect", &Scenario::expect, list_decoder("expect", expectation_decoder(expectations)),
             "What must hold, all of it.")
           .required()},
      [](DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario) {
        const bool sound = check_faults(context, keys, scenario);
        return check_scenario(context, keys, scenario) && sound;
      });
}

}  // namespace firstlight::language
