#include "fakes/context/sims.hpp"

#include <fmt/format.h>

#include "base/net/address_hash.hpp"

namespace firstlight::fakes {

namespace {

namespace ip = boost::asio::ip;

/// An IPv4-mapped IPv6 address is its IPv4 address: a dual-stack socket reports the same peer so.
ip::address canonical(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

std::string key_of(const ip::address& address) {
  const auto bytes_of = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
  const auto plain = canonical(address);
  return plain.is_v4() ? bytes_of(plain.to_v4().to_bytes()) : bytes_of(plain.to_v6().to_bytes());
}

std::uint32_t number_of(const ip::address& address) {
  const auto plain = canonical(address);
  if (plain.is_v4()) return plain.to_v4().to_uint();
  const auto hash = address_hash(plain);
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

/// The check digit of ISO/IEC 7812-1 appended to `digits`.
std::string with_luhn(std::string digits) {
  int sum = 0;
  bool doubled = true;
  for (auto d = digits.rbegin(); d != digits.rend(); ++d, doubled = !doubled) {
    const int value = (*d - '0') * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  digits += static_cast<char>('0' + (10 - sum % 10) % 10);
  return digits;
}

}  // namespace

Sim derive_sim(const ip::address& address) {
  const auto n = number_of(address);
  Sim sim;
  sim.imsi = Imsi(fmt::format("44010{:010}", n));
  sim.imei = Imei(with_luhn(fmt::format("35{:012}", n)));
  sim.sim_id = SimId(with_luhn(fmt::format("898110{:012}", n)));
  sim.msisdn = fmt::format("8120{:010}", n);  // Japan, the 020 range of machine numbers
  return sim;
}

void SimTable::list(const ip::address& address, Sim sim) {
  sim.listed = true;
  auto key = key_of(address);
  if (sim.camera != 0) by_camera_.insert_or_assign(sim.camera, key);
  listed_.insert_or_assign(std::move(key), std::move(sim));
}

std::optional<Sim> SimTable::of_camera(std::uint32_t camera) const {
  const auto key = by_camera_.find(camera);
  if (key == by_camera_.end()) return {};
  return current(listed_.at(key->second));
}

void SimTable::swap(std::uint32_t camera, const Imsi& imsi) {
  const std::lock_guard lock(swapped_->mutex);
  swapped_->by_camera.insert_or_assign(camera, imsi);
  swapped_->any = true;
}

Sim SimTable::current(const Sim& listed) const {
  auto sim = listed;
  if (!swapped_->any || listed.camera == 0) return sim;
  const std::lock_guard lock(swapped_->mutex);
  const auto swapped = swapped_->by_camera.find(listed.camera);
  if (swapped == swapped_->by_camera.end()) return sim;
  sim.imsi = swapped->second;
  // Another card has another number on it as well; that it is shaped alike is enough.
  sim.sim_id = SimId(with_luhn("898119" + swapped->second.value().substr(3)));
  return sim;
}

std::optional<Sim> SimTable::find(const ip::address& address) const {
  if (const auto found = listed_.find(key_of(address)); found != listed_.end()) return current(found->second);
  if (strict_) return {};
  return derive_sim(address);
}

}  // namespace firstlight::fakes
