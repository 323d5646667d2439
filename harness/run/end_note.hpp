// How the playing of a scenario ended, as far as its journal cannot tell: kept beside the journal (docs/journal.md), so
// that `judge` says what `run` said. Written by the run for each attempt, read when journals are judged again.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "harness/run/child.hpp"
#include "journal/journal.hpp"
#include "judge/verdict.hpp"

namespace firstlight::harness {

/// Writes `end.json` into the journal's folder when there is any trouble to tell. On a disk that is full it is lost.
void keep_end(const std::string& journal_file, const PlayEnd& end);
/// What was kept; no trouble when nothing was. A note that cannot be read is a trouble itself.
[[nodiscard]] PlayEnd kept_end(const std::string& journal_file);

/// The same with what the file of the journal shows, unless a trouble is known that explains it.
[[nodiscard]] PlayEnd with_state_of(const result<journal::Saved>& saved, PlayEnd end);
/// judge() of a playing that ended so: a trouble is the lab's, or ours when it was a bug.
[[nodiscard]] judge::Outcome judge_ended(const language::Scenario& scenario, std::uint64_t seed,
                                         const std::vector<journal::Event>& events, const PlayEnd& end);

}  // namespace firstlight::harness
