#include <fmt/format.h>

#include "fakes/iot/database.hpp"

// How each row is written and read: the database's only knowledge of the tables.
namespace firstlight::fakes::iot {

namespace {

std::int64_t ms(WallTime t) {
  return t.time_since_epoch().count();
}
WallTime from_ms(std::int64_t n) {
  return WallTime(std::chrono::milliseconds(n));
}

template <class Id>
std::optional<Id> optional_id(const Statement& s, int column) {
  if (s.is_null(column)) return {};
  return Id(s.text(column));
}

void bind(Statement& s, const DeviceRow& r) {
  s.bind(r.id.value()).bind_optional(r.imsi).bind_optional(r.imei).bind_optional(r.sim_id);
  s.bind(ms(r.first_seen)).bind(ms(r.last_seen));
}
void bind(Statement& s, const DeviceConfigRow& r) {
  s.bind(r.device_id.value()).bind(r.overrides).bind(ms(r.modified));
}
void bind(Statement& s, const ThingRow& r) {
  s.bind(r.name).bind(r.device_id.value()).bind(ms(r.created));
}
void bind(Statement& s, const PolicyRow& r) {
  s.bind(r.name).bind(r.document).bind(ms(r.created));
}
void bind(Statement& s, const CertificateRow& row) {
  const auto& r = row.record;
  s.bind(r.id.value()).bind_or_null(r.device_id.value()).bind_or_null(r.thing_name).bind(status_name(r.status));
  s.bind(r.pem).bind(unix_seconds(r.validity.not_before)).bind(unix_seconds(r.validity.not_after));
  s.bind(ms(r.created)).bind(ms(r.modified)).bind(std::int64_t{r.customer_version});
  if (row.retire_at)
    s.bind(ms(*row.retire_at));
  else
    s.bind_null();
}
void bind(Statement& s, const PresenceRow& r) {
  s.bind(r.device_id.value()).bind(std::int64_t{r.connected}).bind(r.address).bind(r.reason).bind(ms(r.since));
}
void bind(Statement& s, const AuthorityRow& r) {
  s.bind(r.role).bind(r.pem.certificate_chain).bind(r.pem.private_key).bind(ms(r.created));
}

/// In the order of Row's alternatives; the first column is the key.
constexpr std::array<std::string_view, std::variant_size_v<Row>> kUpserts{
    "INSERT INTO devices VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (device_id) DO UPDATE SET imsi=?2, imei=?3, "
    "sim_id=?4, last_seen_ms=?6",
    "INSERT INTO device_configs VALUES (?1,?2,?3) ON CONFLICT (device_id) DO UPDATE SET overrides=?2, modified_ms=?3",
    "INSERT INTO things VALUES (?1,?2,?3)",
    "INSERT INTO policies VALUES (?1,?2,?3) ON CONFLICT (policy_name) DO UPDATE SET document=?2",
    "INSERT INTO certificates VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) ON CONFLICT (certificate_id) DO UPDATE SET "
    "status=?4, modified_ms=?9, customer_version=?10, retire_at_ms=?11",
    "INSERT INTO presence VALUES (?1,?2,?3,?4,?5) ON CONFLICT (device_id) DO UPDATE SET connected=?2, address=?3, "
    "reason=?4, since_ms=?5",
    "INSERT INTO authorities VALUES (?1,?2,?3,?4)"};

DeviceRow read_device(const Statement& s) {
  DeviceRow r;
  r.id = DeviceId(s.text(0));
  r.imsi = optional_id<Imsi>(s, 1);
  r.imei = optional_id<Imei>(s, 2);
  r.sim_id = optional_id<SimId>(s, 3);
  r.first_seen = from_ms(s.number(4));
  r.last_seen = from_ms(s.number(5));
  return r;
}

CertificateRow read_certificate(const Statement& s) {
  CertificateRow row;
  auto& r = row.record;
  r.id = CertificateId(s.text(0));
  r.device_id = DeviceId(s.text(1));
  r.thing_name = s.text(2);
  r.status = parse_status(s.text(3)).value_or(CertificateStatus::inactive);  // the table's CHECK admits no other
  r.pem = s.text(4);
  r.validity = {from_unix_seconds(s.number(5)), from_unix_seconds(s.number(6))};
  r.created = from_ms(s.number(7));
  r.modified = from_ms(s.number(8));
  r.customer_version = static_cast<std::uint32_t>(s.number(9));
  if (!s.is_null(10)) row.retire_at = from_ms(s.number(10));
  r.policy_name = s.text(11);
  return row;
}

struct Query {
  const char* sql;
  Row (*read)(const Statement&);
};
constexpr std::array<Query, 6> kQueries{
    {{"SELECT policy_name, document, created_ms FROM policies",
      [](const Statement& s) -> Row {
        return PolicyRow{s.text(0), s.text(1), from_ms(s.number(2))};
      }},
     {"SELECT device_id, imsi, imei, sim_id, first_seen_ms, last_seen_ms FROM devices",
      [](const Statement& s) -> Row { return read_device(s); }},
     {"SELECT device_id, overrides, modified_ms FROM device_configs",
      [](const Statement& s) -> Row {
        return DeviceConfigRow{DeviceId(s.text(0)), s.text(1), from_ms(s.number(2))};
      }},
     {"SELECT certificate_id, device_id, thing_name, status, pem, not_before_s, not_after_s, created_ms, modified_ms, "
      "customer_version, retire_at_ms, (SELECT min(policy_name) FROM policy_attachments a WHERE a.certificate_id = "
      "c.certificate_id) FROM certificates c ORDER BY rowid",
      [](const Statement& s) -> Row { return read_certificate(s); }},
     {"SELECT device_id, connected, address, reason, since_ms FROM presence",
      [](const Statement& s) -> Row {
        return PresenceRow{DeviceId(s.text(0)), s.number(1) != 0, s.text(2), s.text(3), from_ms(s.number(4))};
      }},
     {"SELECT role, certificate_pem, private_key_pem, created_ms FROM authorities", [](const Statement& s) -> Row {
        return AuthorityRow{s.text(0), {s.text(1), s.text(2)}, from_ms(s.number(3))};
      }}}};

}  // namespace

result<void> Database::load(const Visitor& visit) {
  for (const auto& query : kQueries) {
    Statement statement(db_.get(), query.sql);
    if (statement.code() != SQLITE_OK) return failure("cannot be read");
    int code = 0;
    while ((code = statement.step()) == SQLITE_ROW)
      if (auto r = visit(query.read(statement)); !r) {
        auto error = r.error();
        error.detail = fmt::format("{}: {}", path_, error.detail);
        return error;
      }
    if (code != SQLITE_DONE) return failure("cannot be read");
  }
  return {};
}

result<void> Database::execute(Statement& statement) {
  const int code = statement.step();
  auto outcome = code == SQLITE_DONE ? result<void>() : result<void>(failure("cannot be written"));
  statement.rewind();
  return outcome;
}

result<void> Database::put(const Row& row) {
  auto& statement = upserts_[row.index()];
  if (statement.code() != SQLITE_OK) statement = Statement(db_.get(), kUpserts[row.index()]);
  if (statement.code() != SQLITE_OK) return failure("cannot be written");
  std::visit([&](const auto& r) { bind(statement, r); }, row);
  if (auto r = execute(statement); !r) return r;
  const auto* certificate = std::get_if<CertificateRow>(&row);
  if (certificate == nullptr || certificate->record.policy_name.empty()) return {};
  if (attach_.code() != SQLITE_OK)
    attach_ = Statement(db_.get(), "INSERT INTO policy_attachments VALUES (?1,?2) ON CONFLICT DO NOTHING");
  if (attach_.code() != SQLITE_OK) return failure("cannot be written");
  attach_.bind(certificate->record.id.value()).bind(certificate->record.policy_name);
  return execute(attach_);
}

result<void> Database::write(const Rows& rows) {
  if (rows.empty()) return {};
  if (auto r = run("BEGIN IMMEDIATE"); !r) return r;
  for (const auto& row : rows)
    if (auto r = put(row); !r) {
      static_cast<void>(run("ROLLBACK"));
      return r;
    }
  auto committed = run("COMMIT");
  if (!committed) static_cast<void>(run("ROLLBACK"));
  return committed;
}

}  // namespace firstlight::fakes::iot
