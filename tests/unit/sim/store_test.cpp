#include "sim/store.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace firstlight::sim {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& p) {
  std::stringstream s;
  s << std::ifstream(p, std::ios::binary).rdbuf();
  return s.str();
}
void write(const fs::path& p, const std::string& bytes) {
  std::ofstream(p, std::ios::binary | std::ios::trunc) << bytes;
}

class FileStore : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "firstlight-store-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root = name;
    folder = root / "camera";
    file = folder / "1.store";
    store = make_file_store(crypto, file);
  }
  void TearDown() override {
    ::chmod(folder.c_str(), 0700);
    fs::remove_all(root);
  }
  std::string error_of_load() {
    const auto r = store->load();
    return r ? "ok: " + *r : std::string(r.error().name()) + ": " + r.error().detail;
  }

  CryptoContext crypto;
  fs::path root, folder, file;
  std::unique_ptr<Store> store;
};

TEST_F(FileStore, EmptyThenSavedThenReplacedThenDiscarded) {
  EXPECT_EQ(store->load().error().code, Errc::store_empty);
  ASSERT_TRUE(store->save("first"));
  ASSERT_TRUE(store->save("second"));
  EXPECT_EQ(*make_file_store(crypto, file)->load(), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);  // no temporary file is left
  store->discard();
  EXPECT_EQ(store->load().error().code, Errc::store_empty);
}

TEST_F(FileStore, PrivateWhateverTheUmask) {
  const auto before = ::umask(0);
  ASSERT_TRUE(store->save("x"));
  ::umask(before);
  struct stat info {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat(folder.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(error_of_load(), "store-corrupt: permissions");
}

// The form is fixed: a file written by this version must be read by the next.
TEST_F(FileStore, FormIsTheDocumentedOne) {
  ASSERT_TRUE(store->save("abc"));
  const auto bytes = read(file);
  EXPECT_EQ(bytes.substr(0, 8), "FLSTORE1");
  EXPECT_EQ(bytes.substr(8, 8), std::string("\0\0\0\0\0\0\0\3", 8));
  EXPECT_EQ(bytes.substr(48), "abc");
  // printf 'FLSTORE1\0\0\0\0\0\0\0\3abc' | sha256sum
  EXPECT_EQ(hex_lower(as_bytes(bytes.substr(16, 32))),
            "0f688e887d7c77b3d0bf481e426c4d01698dd43f381a37d0b00c9311a51136da");
}

TEST_F(FileStore, TruncatedAtEveryByteIsTorn) {
  ASSERT_TRUE(store->save("{\"device_id\":\"7CDDDEADBEEF\"}"));
  const auto whole = read(file);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    write(file, whole.substr(0, n));
    EXPECT_EQ(error_of_load(), "store-corrupt: torn") << n;
  }
  write(file, whole + "x");
  EXPECT_EQ(error_of_load(), "store-corrupt: torn");
  write(file, whole);
  EXPECT_TRUE(store->load());
}

TEST_F(FileStore, EveryFlippedBitIsNoticed) {
  ASSERT_TRUE(store->save("content"));
  const auto whole = read(file);
  for (std::size_t i = 0; i < whole.size() * 8; ++i) {
    auto bad = whole;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    write(file, bad);
    EXPECT_EQ(store->load().error().code, Errc::store_corrupt) << i;
  }
  auto next = whole;
  next[7] = '2';
  write(file, next);
  EXPECT_EQ(error_of_load(), "store-corrupt: version");
}

TEST_F(FileStore, TemporaryFileOfAPowerCutDoesNoHarm) {
  ASSERT_TRUE(store->save("old"));
  write(file.string() + ".new", "half of it");
  EXPECT_EQ(*store->load(), "old");
  ASSERT_TRUE(store->save("new"));
  EXPECT_EQ(*store->load(), "new");
}

TEST_F(FileStore, SymbolicLinkIsNotFollowed) {
  ASSERT_TRUE(store->save("mine"));
  fs::rename(file, root / "elsewhere");
  fs::create_symlink(root / "elsewhere", file);
  EXPECT_EQ(store->load().error().code, Errc::store_failed);
}

TEST_F(FileStore, FolderThatCannotBeWrittenKeepsTheOldContent) {
  if (::geteuid() == 0) {
    // Root writes anywhere: a file in the folder's place fails for everybody.
    write(folder, "");
    EXPECT_EQ(store->save("x").error().code, Errc::store_failed);
    fs::remove(folder);
    return;
  }
  ASSERT_TRUE(store->save("old"));
  ::chmod(folder.c_str(), 0500);
  EXPECT_EQ(store->save("new").error().code, Errc::store_failed);
  EXPECT_EQ(*store->load(), "old");
}

// A write that stops half-way: the file size limit fails like a full disk does, after part of the bytes.
TEST_F(FileStore, WriteThatFailsHalfWayKeepsTheOldContent) {
  ASSERT_TRUE(store->save("old"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto saved = store->save(std::string(1000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, Errc::store_failed);
  EXPECT_EQ(*store->load(), "old");
  EXPECT_FALSE(fs::exists(file.string() + ".new"));
}

TEST(FullDisk, IsStoreFull) {
  EXPECT_EQ(store_error(ENOSPC).code, Errc::store_full);
  EXPECT_EQ(store_error(EDQUOT).code, Errc::store_full);
  EXPECT_EQ(store_error(EIO).code, Errc::store_failed);
}

TEST(MemoryStore, KeepsAndForgets) {
  const CryptoContext crypto;
  const auto store = make_memory_store(crypto);
  EXPECT_EQ(store->load().error().code, Errc::store_empty);
  ASSERT_TRUE(store->save("x"));
  EXPECT_EQ(*store->load(), "x");
  store->discard();
  EXPECT_EQ(store->load().error().code, Errc::store_empty);
}

// Both kinds hold the same bytes, which a fault of the medium can damage.
TEST_F(FileStore, BytesAtRestCanBeReadAndReplaced) {
  const auto memory = make_memory_store(crypto);
  EXPECT_EQ(memory->raw(), std::nullopt);
  EXPECT_EQ(store->raw(), std::nullopt);
  ASSERT_TRUE(memory->save("abc"));
  ASSERT_TRUE(store->save("abc"));
  ASSERT_EQ(memory->raw(), store->raw());
  auto bytes = *memory->raw();
  EXPECT_EQ(*unwrap_unchecked(bytes), "abc");
  bytes.back() = 'x';
  for (auto* each : {memory.get(), store.get()}) {
    each->put_raw(bytes);
    EXPECT_EQ(each->load().error().code, Errc::store_corrupt);
    EXPECT_EQ(*unwrap_unchecked(*each->raw()), "abx");
    each->put_raw(bytes.substr(0, 20));
    EXPECT_EQ(each->load().error().detail, "torn");
    EXPECT_FALSE(unwrap_unchecked(*each->raw()));
  }
}

}  // namespace
}  // namespace firstlight::sim
