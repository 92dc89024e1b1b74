/*
 * The few kernel structures that libc does not declare everywhere (musl has no linux headers).
 * Layouts and numbers are Linux's stable user interface, from include/uapi/linux/ of Linux 6.1:
 * stat.h, fiemap.h, fs.h, magic.h, aio_abi.h, io_uring.h.
 */
#ifndef GM_DISKRAND_KERNEL_ABI_H
#define GM_DISKRAND_KERNEL_ABI_H

#include <stdint.h>
#include <sys/ioctl.h>

/* ---- statx: only what O_DIRECT needs ---- */

struct abi_statx {
    uint32_t mask;
    unsigned char unused[0x94];
    uint32_t dio_mem_align, dio_offset_align;
    uint64_t spare[12];
};
_Static_assert(sizeof(struct abi_statx) == 256, "statx");
enum { ABI_STATX_DIOALIGN = 0x2000, ABI_AT_EMPTY_PATH = 0x1000 };

/* ---- FIEMAP ---- */

struct abi_fiemap_extent {
    uint64_t logical, physical, length, reserved64[2];
    uint32_t flags, reserved[3];
};
struct abi_fiemap {
    uint64_t start, length;
    uint32_t flags, mapped_extents, extent_count, reserved;
};
_Static_assert(sizeof(struct abi_fiemap_extent) == 56, "fiemap_extent");
#define ABI_FS_IOC_FIEMAP _IOWR('f', 11, struct abi_fiemap)
enum {
    ABI_EXTENT_UNKNOWN = 0x2,
    ABI_EXTENT_DELALLOC = 0x4,
    ABI_EXTENT_INLINE = 0x200,
    ABI_EXTENT_UNWRITTEN = 0x800
};

/* Bytes of a block device. */
#define ABI_BLKGETSIZE64 _IOR(0x12, 114, size_t)

/* ---- native asynchronous I/O ---- */

struct abi_iocb {
    uint64_t data;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint32_t key;
    int32_t rw_flags;
#else
    int32_t rw_flags;
    uint32_t key;
#endif
    uint16_t opcode;
    int16_t reqprio;
    uint32_t fd;
    uint64_t buffer, bytes;
    int64_t offset;
    uint64_t reserved;
    uint32_t flags, resfd;
};
struct abi_io_event {
    uint64_t data, object;
    int64_t result, result2;
};
_Static_assert(sizeof(struct abi_iocb) == 64, "iocb");
enum { ABI_IOCB_PREAD = 0, ABI_IOCB_PWRITE = 1 };

/* ---- io_uring ---- */

struct abi_uring_sqe {
    uint8_t opcode, flags;
    uint16_t ioprio;
    int32_t fd;
    uint64_t offset, address;
    uint32_t length, rw_flags;
    uint64_t user_data;
    uint16_t buffer_index, personality;
    int32_t splice_fd;
    uint64_t padding[2];
};
struct abi_uring_cqe {
    uint64_t user_data;
    int32_t result;
    uint32_t flags;
};
struct abi_uring_sq_offsets {
    uint32_t head, tail, ring_mask, ring_entries, flags, dropped, array, reserved1;
    uint64_t reserved2;
};
struct abi_uring_cq_offsets {
    uint32_t head, tail, ring_mask, ring_entries, overflow, cqes, flags, reserved1;
    uint64_t reserved2;
};
struct abi_uring_params {
    uint32_t sq_entries, cq_entries, flags, sq_thread_cpu, sq_thread_idle, features, wq_fd;
    uint32_t reserved[3];
    struct abi_uring_sq_offsets sq;
    struct abi_uring_cq_offsets cq;
};
_Static_assert(sizeof(struct abi_uring_sqe) == 64, "io_uring_sqe");
_Static_assert(sizeof(struct abi_uring_params) == 120, "io_uring_params");
enum {
    ABI_URING_READV = 1,
    ABI_URING_WRITEV = 2,
    ABI_URING_READ_FIXED = 4,
    ABI_URING_WRITE_FIXED = 5,
    ABI_SQE_FIXED_FILE = 1,
    ABI_ENTER_GETEVENTS = 1,
    ABI_SETUP_COOP_TASKRUN = 1 << 8,
    ABI_SETUP_SINGLE_ISSUER = 1 << 12,
    ABI_SETUP_DEFER_TASKRUN = 1 << 13,
    ABI_FEATURE_SINGLE_MMAP = 1,
    ABI_REGISTER_BUFFERS = 0,
    ABI_REGISTER_FILES = 2
};
#define ABI_OFFSET_SQ_RING UINT64_C(0)
#define ABI_OFFSET_CQ_RING UINT64_C(0x8000000)
#define ABI_OFFSET_SQES    UINT64_C(0x10000000)

#endif
