// The camera's secure store: one configuration that survives power cuts, or is found to be damaged, never half of one.
// Owned by a camera's driver; the file form is for real restarts, the memory form for fleets of thousands.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/error.hpp"

namespace firstlight::sim {

class Store {
 public:
  virtual ~Store() = default;
  /// Errors: store-empty, store-corrupt (detail: what is wrong), store-failed (detail: errno's text).
  [[nodiscard]] virtual result<std::string> load() = 0;
  /// After an error the old content is still there. Errors: store-full (ENOSPC, EDQUOT), store-failed.
  [[nodiscard]] virtual result<void> save(std::string_view content) = 0;
  virtual void discard() = 0;
  /// The bytes at rest, in the stored form; nothing when there are none. For faults of the medium, and defects.
  [[nodiscard]] virtual std::optional<std::string> raw() const = 0;
  virtual void put_raw(std::string_view bytes) = 0;
};

/// The bytes of the stored form before the content.
inline constexpr std::size_t kStoredHeaderBytes = 48;

/// The stored form: "FLSTORE1", the content's length (8 bytes, big-endian), SHA-256 of all that stands before and after
/// the digest, the content. Another version has another last byte in its mark.
[[nodiscard]] std::string wrap_stored(const CryptoContext& crypto, std::string_view content);
/// Errors: store-corrupt (detail: "torn", "not a store", "version", "checksum").
[[nodiscard]] result<std::string> unwrap_stored(const CryptoContext& crypto, std::string_view bytes);

/// The content as it stands, whatever its length and digest say; store-corrupt ("torn") when there is none.
[[nodiscard]] result<std::string> unwrap_unchecked(std::string_view bytes);

/// What an errno of a save means: ENOSPC and EDQUOT are store-full, others store-failed (detail: errno's text).
[[nodiscard]] Error store_error(int os_error);

/// A file, mode 0600, in a folder that is made with mode 0700; replaced atomically: a temporary file is written and
/// synced, renamed over it, and the folder synced. A file that others may read is store-corrupt ("permissions").
[[nodiscard]] std::unique_ptr<Store> make_file_store(const CryptoContext& crypto, std::filesystem::path file);

/// The same form in memory.
[[nodiscard]] std::unique_ptr<Store> make_memory_store(const CryptoContext& crypto);

}  // namespace firstlight::sim
